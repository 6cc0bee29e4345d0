#include "levin/formats/tiff.hpp"

#include <fmt/format.h>
#include <tiffio.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/strided_file.hpp"
#include "levin/formats/tiff_file.hpp"
#include "levin/formats/tiff_imagej.hpp"
#include "levin/formats/tiff_images.hpp"

namespace levin::formats {
namespace {

constexpr Index max_chunk = Index{64} << 20;

/// An axis of pages and how many pages its steps are apart.
struct PageAxis {
    Axis axis;
    Index count, step;
};

/// The resolution is stored with 7 digits at most; more would turn 0.65 um into 0.64999998.
double rounded(double value) { return std::strtod(fmt::format("{:.7g}", value).c_str(), nullptr); }

Quantity pixel_size(const TiffReader& reader, std::uint32_t name, const std::optional<ImageJ>& imagej) {
    float resolution = 0;
    std::uint16_t unit = RESUNIT_INCH;
    if (!TIFFGetField(reader.handle(), name, &resolution) || !(resolution > 0) || !std::isfinite(resolution)) return {};
    TIFFGetFieldDefaulted(reader.handle(), TIFFTAG_RESOLUTIONUNIT, &unit);
    const double size = 1.0 / static_cast<double>(resolution);
    const bool unset = resolution == 1 || (unit == RESUNIT_INCH && (resolution == 72 || resolution == 96));
    Quantity quantity;
    if (imagej && !imagej->unit.empty()) quantity = length_unit(size, imagej->unit);
    else if (!unset && unit == RESUNIT_INCH) quantity = length_unit(size, "inch");
    else if (!unset && unit == RESUNIT_CENTIMETER) quantity = length_unit(size, "cm");
    return {rounded(quantity.value), quantity.unit};
}

class TiffSource final : public ArraySource {
  public:
    TiffSource(std::string path, TiffDirectories directories, std::vector<PageAxis> axes, const TiffPage& page,
               ArrayInfo info, std::size_t scratch)
        : path_(std::move(path)),
          directories_(std::move(directories)),
          axes_(std::move(axes)),
          page_(page),
          info_(std::move(info)),
          scratch_(scratch) {}
    const ArrayInfo& info() const override { return info_; }
    std::size_t scratch_bytes() const override { return scratch_; }
    std::string name() const override { return path_; }

    void read(const Region& region, const View& out) const override {
        if (region.empty()) return;
        const InputFile file(path_);
        Buffer scratch;
        Region pages = region;
        for (std::size_t i = axes_.size(); i < info_.rank(); ++i) pages.origin[i] = 0, pages.shape[i] = 1;
        for_each_index(pages, [&](const Dims& position) {
            Index number = 0;
            Region inner;  // of the page, (c, y, x)
            View target(out.data, out.dtype, {}, {});
            for (std::size_t i = 0; i < info_.rank(); ++i) {
                if (i < axes_.size()) {
                    number += position[i] * axes_[i].step;
                    target.data += (position[i] - region.origin[i]) * out.strides[i];
                    continue;
                }
                if (page_.samples == 1 && i == axes_.size()) add_axis(inner, target, 0, 1, 0);
                add_axis(inner, target, region.origin[i], region.shape[i], out.strides[i]);
            }
            with_context([&] { return fmt::format("page {} of {}", number, path_); },
                         [&] { read_page(file, number, inner, target, scratch); });
        });
    }

  private:
    static void add_axis(Region& inner, View& target, Index origin, Index count, Index stride) {
        inner.origin.push_back(origin);
        inner.shape.push_back(count);
        target.shape.push_back(count);
        target.strides.push_back(stride);
    }

    void read_page(const InputFile& file, Index number, const Region& inner, const View& target,
                   Buffer& scratch) const {
        const TiffReader reader(file, directories_, static_cast<std::size_t>(number));
        const TiffPage page = reader.describe();
        if (page.shape() != page_.shape() || page.dtype != page_.dtype)
            throw Error("the file has changed since it was opened");
        read_tiff_page(file, reader, page, directories_.big_endian, inner, target, scratch);
    }

    std::string path_;
    TiffDirectories directories_;
    std::vector<PageAxis> axes_;
    TiffPage page_;
    ArrayInfo info_;
    std::size_t scratch_;
};

/// Every page's directory, checked, and what the first page says about the whole.
struct Scan {
    TiffDirectories directories;
    TiffPage page;
    std::optional<ImageJ> imagej;
    std::optional<OmeImage> ome;
    Axis y{"y", 0, ""}, x{"x", 0, ""};
    Index plain_step = -1;  ///< bytes from page to page where every page is plain and the step always the same; else -1
    std::size_t block_bytes = 0;
};

std::string describe_shape(const TiffPage& page) {
    return fmt::format("{} {}", to_string(page.shape()), name_of(page.dtype));
}

Axis calibrated(const char* name, const Quantity& size) { return {name, size.value, size.unit}; }

/// The step from each plain page to the next; -1 when they are not evenly apart.
Index even_step(const std::vector<Index>& offsets, Index page_bytes) {
    const Index step = offsets.size() > 1 ? offsets[1] - offsets[0] : page_bytes;
    for (std::size_t i = 0; i < offsets.size(); ++i)
        if (offsets[i] < 0 || step < page_bytes || offsets[i] != offsets[0] + static_cast<Index>(i) * step) return -1;
    return step;
}

Scan scan(const InputFile& file, const ReadOptions& options) {
    Scan result;
    TiffDirectories all = tiff_directories(file);
    result.directories = {all.big_endian, all.big_tiff, {}};
    result.ome = choose_ome_image(file, all, options);
    if (result.ome) all.offsets = offsets_of(*result.ome, all);
    std::vector<Index> plain;
    for (std::size_t i = 0; i < all.offsets.size(); ++i) {
        const auto place = [&] { return fmt::format("page {} of {}", i, file.path()); };
        const TiffPage page = with_context(place, [&] {
            const TiffReader reader(file, all, i);
            const TiffPage found = reader.describe();
            if (i == 0) {
                result.imagej = parse_imagej(reader.description());
                result.y = calibrated("y", pixel_size(reader, TIFFTAG_YRESOLUTION, result.imagej));
                result.x = calibrated("x", pixel_size(reader, TIFFTAG_XRESOLUTION, result.imagej));
                // Where OME-XML says nothing the tags may.
                if (result.ome && result.ome->y.spacing > 0) result.y = result.ome->y;
                if (result.ome && result.ome->x.spacing > 0) result.x = result.ome->x;
            }
            return found;
        });
        if (i == 0) result.page = page;
        else if (page.reduced && !result.ome) continue;
        if (page.shape() != result.page.shape() || page.dtype != result.page.dtype)
            throw Error(fmt::format("{} is {}, but page 0 is {}: all pages of a file must agree", place(),
                                    describe_shape(page), describe_shape(result.page)));
        result.directories.offsets.push_back(all.offsets[i]);
        plain.push_back(page.plain_offset);
        result.block_bytes = std::max(
            result.block_bytes,
            byte_count({page.block_height, page.block_width, page.separate ? 1 : page.samples}, size_of(page.dtype)));
    }
    result.plain_step =
        even_step(plain, static_cast<Index>(byte_count(result.page.shape(), size_of(result.page.dtype))));
    return result;
}

/// How many pages the array has: those with a directory, or those that ImageJ put behind the only one.
Index count_pages(const std::string& path, const Scan& scan) {
    const auto directories = static_cast<Index>(scan.directories.offsets.size());
    if (!scan.imagej || scan.imagej->images == 0 || scan.imagej->images == directories) return directories;
    if (directories == 1 && scan.plain_step > 0) return scan.imagej->images;
    throw Error(
        fmt::format("{}: ImageJ's description speaks of {} images, but the file has {} pages: pages are missing", path,
                    scan.imagej->images, directories));
}

std::vector<PageAxis> page_axes(const std::string& path, const Scan& scan, Index pages, bool take_arrangement) {
    std::vector<PageAxis> axes;
    if (scan.ome) {
        const OmeImage& image = *scan.ome;
        if (image.channels > 1 && scan.page.samples > 1)
            throw Error(fmt::format("{}: both pages and samples are channels", path));
        if (image.height != scan.page.height || image.width != scan.page.width || image.samples != scan.page.samples)
            throw Error(fmt::format(
                "{}: OME-XML speaks of {} x {} pixels of {} samples, but the pages have {} x {} of {}", path,
                image.height, image.width, image.samples, scan.page.height, scan.page.width, scan.page.samples));
        if (image.frames > 1) axes.push_back({image.t, image.frames, image.channels * image.slices});
        if (image.channels > 1) axes.push_back({{"c", 0, ""}, image.channels, image.slices});
        if (image.slices > 1) axes.push_back({image.z, image.slices, 1});
    } else if (take_arrangement && scan.imagej &&
               product({scan.imagej->channels, scan.imagej->slices, scan.imagej->frames}) > 1) {
        const ImageJ& stack = *scan.imagej;
        if (product({stack.channels, stack.slices, stack.frames}) != pages)
            throw Error(
                fmt::format("{}: ImageJ's description speaks of {} channels, {} slices and {} frames, but the file has "
                            "{} pages: pages are missing",
                            path, stack.channels, stack.slices, stack.frames, pages));
        if (stack.channels > 1 && scan.page.samples > 1)
            throw Error(fmt::format("{}: both pages and samples are channels", path));
        const double interval = stack.frame_interval;
        if (stack.frames > 1)
            axes.push_back(
                {{"t", interval, interval > 0 ? stack.time_unit : ""}, stack.frames, stack.channels * stack.slices});
        if (stack.channels > 1) axes.push_back({{"c", 0, ""}, stack.channels, 1});
        if (stack.slices > 1)
            axes.push_back({calibrated("z", length_unit(stack.spacing, stack.unit)), stack.slices, stack.channels});
    } else if (pages > 1) {
        axes.push_back({{}, pages, 1});
    }
    return axes;
}

ArrayInfo make_info(const Scan& scan, const std::vector<PageAxis>& axes) {
    const TiffPage& page = scan.page;
    ArrayInfo info;
    info.dtype = page.dtype;
    for (const auto& pages : axes) {
        info.axes.push_back(pages.axis);
        info.shape.push_back(pages.count);
        info.chunks.push_back(1);
    }
    if (page.samples > 1) info.axes.push_back({"c", 0, ""});
    info.axes.insert(info.axes.end(), {scan.y, scan.x});
    for (const Index size : page.shape()) {
        info.shape.push_back(size);
        info.chunks.push_back(size);
    }
    // A page too large to be one piece of work is cut where its strips or tiles are.
    const auto page_bytes = static_cast<Index>(byte_count(page.shape(), size_of(page.dtype)));
    if (page_bytes > max_chunk) {
        const Index row = page_bytes / page.height;
        const Index rows = ceil_div(std::max<Index>(max_chunk / 8 / row, 1), page.block_height) * page.block_height;
        info.chunks[info.rank() - 2] = std::min(page.height, page.tiled ? page.block_height : rows);
        info.chunks[info.rank() - 1] = std::min(page.width, page.block_width);
    }
    if (scan.ome) info.attributes = attributes_of(*scan.ome);
    else if (page.palette) info.attributes = R"({"tiff":{"photometric":"palette, values are indices"}})";
    else if (page.white_is_zero) info.attributes = R"({"tiff":{"photometric":"white is zero"}})";
    return info;
}

StridedLayout plain_layout(const Scan& scan, const std::vector<PageAxis>& axes) {
    const TiffPage& page = scan.page;
    StridedLayout layout{page.plain_offset, {}, scan.directories.big_endian};
    for (const auto& pages : axes) layout.strides.push_back(pages.step * scan.plain_step);
    const Dims inner = plain_strides(page);
    layout.strides.insert(layout.strides.end(), inner.begin() + (page.samples > 1 ? 0 : 1), inner.end());
    return layout;
}

std::unique_ptr<ArraySource> open_tiff(const std::string& path, const ReadOptions& options) {
    Scan found = scan(InputFile(path), options);
    const Index pages = count_pages(path, found);
    auto axes = page_axes(path, found, pages, options.pages.empty());
    ArrayInfo info = make_info(found, axes);
    if (found.plain_step > 0)
        return in_ome_order(open_strided(path, std::move(info), {path}, plain_layout(found, axes)));
    const std::size_t scratch = std::max(2 * found.block_bytes, static_cast<std::size_t>(strided_scratch));
    return in_ome_order(std::make_unique<TiffSource>(path, std::move(found.directories), std::move(axes), found.page,
                                                     std::move(info), scratch));
}

}  // namespace

Format tiff_format() {
    const auto matches = [](const std::string&, const std::string& head) {
        using namespace std::string_literals;
        return head.starts_with("II*\0"s) || head.starts_with("MM\0*"s) || head.starts_with("II+\0"s) ||
               head.starts_with("MM\0+"s);
    };
    return {"tiff",
            {".tif", ".tiff", ".btf", ".tf2", ".tf8"},
            "TIFF and BigTIFF, ImageJ stacks, OME-TIFF",
            matches,
            open_tiff,
            write_tiff,
            check_tiff,
            list_tiff};
}

}  // namespace levin::formats
