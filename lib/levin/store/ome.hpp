/// OME-Zarr images, versions 0.4 (Zarr v2, attributes of the group) and 0.5 (Zarr v3, under the attribute `ome`):
/// https://ngff.openmicroscopy.org/0.4 and /0.5, sections "multiscales", "omero" and "labels".
///
/// A sample i along an axis of a level lies at origin + i * spacing. The specification says it in two steps, `scale`
/// and `translation` of the level, then those of the whole image; here they are one.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "levin/core/axes.hpp"
#include "levin/store/codec.hpp"

namespace levin::store {

/// A resolution level of an image.
struct ImageLevel {
    std::string path;            ///< of its array, inside the group
    Axes axes;                   ///< empty when the metadata name none
    std::vector<double> origin;  ///< of the first sample, in the axes' units; 0 where nothing is said
};

/// Whether a group's attributes describe an OME-Zarr image (0.4: attribute `multiscales`; 0.5: `ome.multiscales`).
bool is_image(const Json& attributes);
/// Of the first image that they describe. Error names the field at fault; UsageError for a level that it does not have.
ImageLevel image_level(const Json& attributes, int level);

/// What the attributes say of the first image.
struct Image {
    std::string version, name;       ///< "" where they say nothing
    std::vector<ImageLevel> levels;  ///< at least one
    Json omero, label;               ///< the objects `omero` and `image-label`; null where there is none
};
/// Error names the field at fault.
Image read_image(const Json& attributes);
/// Of the group at `path`; empty when there is none, or it is no image. Error names the path too.
std::optional<Image> image_at(const std::string& path);

/// A channel as `omero` shows it.
struct Channel {
    std::string label, color;                         ///< RRGGBB; "" where nothing is said
    std::optional<std::pair<double, double>> window;  ///< the values shown as black and as full colour
};
/// Those of `omero`, as far as they are understood; none for null.
std::vector<Channel> channels_of(const Json& omero);

/// The names of the label images of the image at `path`, as its group `labels` lists them; none when it has no such
/// group.
std::vector<std::string> list_labels(const std::string& path);

/// What a new image says of itself.
struct NewImage {
    std::string version = "0.5", name;
    std::string method;              ///< how a level was made from the one before, for the field `type`
    std::string program, release;    ///< who made them
    std::vector<ImageLevel> levels;  ///< with the same axes but for their spacing, 0 where it is not known
    Json omero, label;
};
/// UsageError for axes that no image has: y and x, perhaps with z, come last, before them at most t and one more.
void check_image_axes(const Axes& axes);
/// The attributes that make a group this image.
Json image_attributes(const NewImage& image);
/// `attributes` of an image, with the levels of `image` and what made them; all else stays.
Json with_levels(Json attributes, const NewImage& image);

/// Lists `name`, a label image that lies in the group `labels` of the image at `path`, in that group, which is made
/// when there is none. Others that lie there are listed too: who comes at the same time may have written over their
/// names.
void add_label(const std::string& path, const std::string& version, const std::string& name, bool fsync);

}  // namespace levin::store
