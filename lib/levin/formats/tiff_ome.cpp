#include "levin/formats/tiff_ome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "levin/core/error.hpp"
#include "levin/core/version.hpp"
#include "levin/formats/tiff_imagej.hpp"

namespace levin::formats {
namespace {

using pugi::xml_node;

/// The name without the prefix of a namespace, which is "OME" in old files.
bool is(const xml_node& node, const char* name) {
    const char* colon = std::strrchr(node.name(), ':');
    return std::strcmp(colon ? colon + 1 : node.name(), name) == 0;
}

std::vector<xml_node> children(const xml_node& node, const char* name) {
    std::vector<xml_node> found;
    for (const xml_node& child : node.children())
        if (is(child, name)) found.push_back(child);
    return found;
}

/// An attribute that is a number of things; `otherwise` where it is not there.
Index count_of(const xml_node& node, const char* name, Index otherwise, Index least) {
    const std::string text = node.attribute(name).value();
    if (text.empty()) return otherwise;
    Index count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || end != text.data() + text.size() || count < least || count > 0x7fffffff)
        throw Error(fmt::format("OME-XML says {}=\"{}\" of {}: expected a number from {}", name, text.substr(0, 40),
                                node.name(), least));
    return count;
}

Axis length(const xml_node& pixels, const char* axis) {
    const std::string size = std::string("PhysicalSize") + static_cast<char>(std::toupper(axis[0]));
    const pugi::xml_attribute unit = pixels.attribute((size + "Unit").c_str());
    const std::string word = unit ? unit.value() : "um";
    if (word == "reference frame") return {axis, 0, ""};
    const Quantity found = length_unit(pixels.attribute(size.c_str()).as_double(0), word == "m" ? "m" : word);
    return {axis, found.value, found.unit};
}

Axis interval(const xml_node& pixels) {
    const double increment = pixels.attribute("TimeIncrement").as_double(0);
    if (!(increment > 0) || !std::isfinite(increment)) return {"t", 0, ""};
    const pugi::xml_attribute unit = pixels.attribute("TimeIncrementUnit");
    return {"t", increment, unit ? time_unit(unit.value()) : "s"};
}

/// Positions of a plane by the letters of DimensionOrder.
struct Plane {
    Index t = 0, c = 0, z = 0;
    auto operator<=>(const Plane&) const = default;
};

class Planes {
  public:
    Planes(const xml_node& pixels, Index channels) : sizes_{0, 0, 0} {
        order_ = pixels.attribute("DimensionOrder").value();
        std::string sorted = order_;
        std::sort(sorted.begin(), sorted.end());
        if (sorted != "CTXYZ" || !order_.starts_with("XY"))
            throw Error(fmt::format("OME-XML says DimensionOrder=\"{}\": expected XY and Z, C, T in some order",
                                    order_.substr(0, 40)));
        const Index z = count_of(pixels, "SizeZ", 1, 1), t = count_of(pixels, "SizeT", 1, 1);
        for (std::size_t i = 0; i < 3; ++i) sizes_[i] = order_[i + 2] == 'Z' ? z : order_[i + 2] == 'T' ? t : channels;
        count_ = product({sizes_[0], sizes_[1], sizes_[2]});
    }
    Index count() const { return count_; }
    Plane at(Index number) const {
        Plane plane;
        for (std::size_t i = 0; i < 3; ++i) {
            place(plane, order_[i + 2]) = number % sizes_[i];
            number /= sizes_[i];
        }
        return plane;
    }
    Index number(Plane plane) const {
        Index result = 0;
        for (std::size_t i = 3; i-- > 0;) {
            const Index position = place(plane, order_[i + 2]);
            if (position >= sizes_[i])
                throw Error(fmt::format("OME-XML speaks of a plane at {}={} where the size is {}", order_[i + 2],
                                        position, sizes_[i]));
            result = result * sizes_[i] + position;
        }
        return result;
    }

  private:
    static Index& place(Plane& plane, char letter) {
        return letter == 'Z' ? plane.z : letter == 'T' ? plane.t : plane.c;
    }
    std::string order_;
    std::array<Index, 3> sizes_;
    Index count_ = 0;
};

/// Which page of this file is which plane. What lies in other files is left to `image.elsewhere`.
std::map<Plane, Index> pages_of(const xml_node& pixels, const Planes& planes, const std::string& own_id,
                                const std::string& file_name, Index pages, OmeImage& image) {
    std::map<Plane, Index> found;
    std::set<std::string> elsewhere;
    std::vector<xml_node> blocks = children(pixels, "TiffData");
    for (const xml_node& block : blocks) {
        const Index first = planes.number(
            {count_of(block, "FirstT", 0, 0), count_of(block, "FirstC", 0, 0), count_of(block, "FirstZ", 0, 0)});
        const bool one = !block.attribute("IFD").empty();
        const Index page = count_of(block, "IFD", 0, 0),
                    count = count_of(block, "PlaneCount", one ? 1 : planes.count() - first, 0);
        if (count > planes.count() - first)
            throw Error(fmt::format("OME-XML speaks of {} planes from plane {} where the image has {}", count, first,
                                    planes.count()));
        const std::vector<xml_node> ids = children(block, "UUID");
        if (!ids.empty()) {
            const std::string other = ids[0].attribute("FileName").value();
            if (other.empty() ? ids[0].text().get() != own_id : other != file_name) {
                elsewhere.insert(other.empty() ? ids[0].text().get() : other);
                continue;
            }
        }
        if (count > pages - std::min(page, pages))
            throw Error(fmt::format("OME-XML puts {} planes at page {}, but the file has {} pages: it is cut off",
                                    count, page, pages));
        for (Index i = 0; i < count; ++i) found[planes.at(first + i)] = page + i;
    }
    // Without TiffData the pages are the planes in their order; the schema has it always.
    for (Index i = 0; blocks.empty() && i < planes.count(); ++i) {
        if (i == pages)
            throw Error(fmt::format("OME-XML speaks of {} planes, but the file has {} pages: it is cut off",
                                    planes.count(), pages));
        found[planes.at(i)] = i;
    }
    image.elsewhere.assign(elsewhere.begin(), elsewhere.end());
    return found;
}

/// Puts the pages in order; Error when they are no box.
void arrange(const std::map<Plane, Index>& found, OmeImage& image) {
    if (found.empty()) return;
    std::set<Index> t, c, z;
    for (const auto& [plane, page] : found) {
        t.insert(plane.t), c.insert(plane.c), z.insert(plane.z);
        image.pages.push_back(page);
    }
    image.frames = static_cast<Index>(t.size());
    image.channels = static_cast<Index>(c.size());
    image.slices = static_cast<Index>(z.size());
    if (product({image.frames, image.channels, image.slices}) != static_cast<Index>(found.size()))
        throw Error(fmt::format(
            "OME-XML puts {} planes into this file, which are not all of {} time points, {} channels and {} slices: "
            "planes are missing",
            found.size(), image.frames, image.channels, image.slices));
}

OmeImage parse_image(const xml_node& node, const std::string& own_id, const std::string& file_name, Index pages) {
    OmeImage image;
    image.name = node.attribute("Name").value();
    const std::vector<xml_node> found = children(node, "Pixels");
    if (found.size() != 1) throw Error(fmt::format("OME-XML has an Image with {} Pixels, expected 1", found.size()));
    const xml_node& pixels = found[0];
    image.width = count_of(pixels, "SizeX", 0, 1);
    image.height = count_of(pixels, "SizeY", 0, 1);
    const Index all = count_of(pixels, "SizeC", 1, 1);
    const std::vector<xml_node> channels = children(pixels, "Channel");
    if (!channels.empty()) image.samples = count_of(channels[0], "SamplesPerPixel", 1, 1);
    for (const xml_node& channel : channels) {
        if (count_of(channel, "SamplesPerPixel", 1, 1) != image.samples)
            throw Error("OME-XML has channels of different SamplesPerPixel, which is not supported");
        image.channel_names.emplace_back(channel.attribute("Name").value());
    }
    if (std::all_of(image.channel_names.begin(), image.channel_names.end(), [](const auto& n) { return n.empty(); }))
        image.channel_names.clear();
    if (all % image.samples != 0)
        throw Error(fmt::format("OME-XML says SizeC=\"{}\", which is no multiple of SamplesPerPixel=\"{}\"", all,
                                image.samples));
    image.t = interval(pixels);
    image.z = length(pixels, "z"), image.y = length(pixels, "y"), image.x = length(pixels, "x");
    const Planes planes(pixels, all / image.samples);
    image.planes = planes.count();
    arrange(pages_of(pixels, planes, own_id, file_name, pages, image), image);
    return image;
}

const char* type_of(DType dtype) {
    switch (dtype) {
        case DType::boolean:
            return "bit";
        case DType::int8:
            return "int8";
        case DType::int16:
            return "int16";
        case DType::int32:
            return "int32";
        case DType::uint8:
            return "uint8";
        case DType::uint16:
            return "uint16";
        case DType::uint32:
            return "uint32";
        case DType::float32:
            return "float";
        case DType::float64:
            return "double";
        default:
            throw UsageError(
                fmt::format("OME-TIFF has no type for {}; write plain TIFF, .tif without .ome, or another "
                            "--dtype",
                            name_of(dtype)));
    }
}

}  // namespace

std::optional<std::vector<OmeImage>> parse_ome(const std::string& description, const std::string& file_name,
                                               Index pages) {
    if (description.find("<OME") == description.npos && description.find(":OME") == description.npos)
        return std::nullopt;
    pugi::xml_document document;
    // No escapes of a document's own: parse_default leaves a DOCTYPE unread.
    const pugi::xml_parse_result parsed = document.load_buffer(description.data(), description.size());
    const xml_node root = document.document_element();
    if (!is(root, "OME")) return std::nullopt;  // some other program's XML
    if (!parsed) throw Error(fmt::format("the OME-XML is damaged at byte {}: {}", parsed.offset, parsed.description()));
    std::vector<OmeImage> images;
    for (const xml_node& image : children(root, "Image"))
        images.push_back(parse_image(image, root.attribute("UUID").value(), file_name, pages));
    if (images.empty() && !children(root, "BinaryOnly").empty())
        throw Error("its OME-XML lies in another file, which levin does not open; name it and read that");
    return images;
}

std::string format_ome(const Axes& axes, const Dims& shape, DType dtype, const std::string& name) {
    const auto size = [&](const char* axis) {
        const auto found = find_axis(axes, axis);
        return found ? shape[*found] : 1;
    };
    pugi::xml_document document;
    xml_node root = document.append_child("OME");
    const std::string schema = "http://www.openmicroscopy.org/Schemas/OME/2016-06";
    root.append_attribute("xmlns") = schema.c_str();
    root.append_attribute("xmlns:xsi") = "http://www.w3.org/2001/XMLSchema-instance";
    root.append_attribute("xsi:schemaLocation") = (schema + " " + schema + "/ome.xsd").c_str();
    root.append_attribute("Creator") = fmt::format("levin {}", version()).c_str();
    xml_node image = root.append_child("Image");
    image.append_attribute("ID") = "Image:0";
    image.append_attribute("Name") = name.c_str();
    xml_node pixels = image.append_child("Pixels");
    pixels.append_attribute("ID") = "Pixels:0";
    pixels.append_attribute("DimensionOrder") = "XYCZT";
    pixels.append_attribute("Type") = type_of(dtype);
    for (const char* axis : {"x", "y", "z", "c", "t"})
        pixels.append_attribute(fmt::format("Size{:c}", std::toupper(axis[0])).c_str()) =
            static_cast<long long>(size(axis));
    for (const Axis& axis : axes) {
        if (!(axis.spacing > 0) || axis.name == "c") continue;
        const std::string attribute =
            axis.name == "t" ? "TimeIncrement" : fmt::format("PhysicalSize{:c}", std::toupper(axis.name[0]));
        pixels.append_attribute(attribute.c_str()) = fmt::format("{}", axis.spacing).c_str();
        const std::string unit = axis.unit.empty()                        ? (axis.name == "t" ? "s" : "pixel")
                                 : axis.unit == "um" || axis.unit == "us" ? "\u00b5" + axis.unit.substr(1)
                                                                          : axis.unit;
        pixels.append_attribute((attribute + "Unit").c_str()) = unit.c_str();
    }
    for (Index c = 0; c < size("c"); ++c) {
        xml_node channel = pixels.append_child("Channel");
        channel.append_attribute("ID") = fmt::format("Channel:0:{}", c).c_str();
        channel.append_attribute("SamplesPerPixel") = 1;
    }
    pixels.append_child("TiffData");
    std::ostringstream text;
    document.save(text, "", pugi::format_raw, pugi::encoding_utf8);
    return text.str();
}

}  // namespace levin::formats
