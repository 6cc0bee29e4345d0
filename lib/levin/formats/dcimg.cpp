#include "levin/formats/dcimg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "levin/core/error.hpp"
#include "levin/formats/dcimg_header.hpp"
#include "levin/formats/fields.hpp"
#include "levin/formats/strided_file.hpp"

namespace levin::formats {
namespace {

constexpr Index most_timestamps = 100'000;

/// Time stamps of every `every`-th frame, in microseconds.
struct Timestamps {
    std::vector<Index> microseconds;
    Index every = 1;
};

Timestamps read_timestamps(const InputFile& file, const DcimgHeader& header) {
    Timestamps stamps;
    if (!header.stamps) return stamps;
    stamps.every = ceil_div(header.frames, most_timestamps);
    for (Index frame = 0; frame < header.frames; frame += stamps.every) {
        const Fields stamp(file, header.stamps.of(frame), 8);
        stamps.microseconds.push_back(Index{stamp.get<std::uint32_t>(0)} * 1'000'000 + stamp.get<std::uint32_t>(4));
    }
    if (std::count(stamps.microseconds.begin(), stamps.microseconds.end(), 0) ==
        static_cast<Index>(stamps.microseconds.size()))
        stamps.microseconds.clear();  // the camera has no clock
    return stamps;
}

/// The spacing of t in seconds, or 0 with a note where frames do not follow one another in equal intervals.
double spacing_of(const Timestamps& stamps, const std::string& path, const ReadOptions& options) {
    const auto& times = stamps.microseconds;
    if (times.size() < 2) return 0;
    const auto seconds = [&](Index duration, std::size_t steps) {
        return static_cast<double>(duration) / (1e6 * static_cast<double>(steps) * static_cast<double>(stamps.every));
    };
    const double mean = seconds(times.back() - times.front(), times.size() - 1);
    double shortest = INFINITY, longest = -INFINITY;
    for (std::size_t i = 1; i < times.size(); ++i) {
        shortest = std::min(shortest, seconds(times[i] - times[i - 1], 1));
        longest = std::max(longest, seconds(times[i] - times[i - 1], 1));
    }
    if (mean > 0 && shortest >= mean / 2 && longest <= 1.5 * mean) return mean;
    options.note(path,
                 fmt::format("time stamps are {:.6g} to {:.6g} s apart, which is no spacing of t; --spacing t=...s "
                             "says one",
                             shortest, longest));
    return 0;
}

std::string attributes_of(const DcimgHeader& header, const Timestamps& stamps) {
    nlohmann::ordered_json dcimg{{"version", header.version}, {"frames", header.frames_claimed}};
    if (!header.crop.empty()) {
        dcimg["binning"] = header.binning;
        dcimg["crop"] = {
            {"x", header.crop[0]}, {"y", header.crop[2]}, {"width", header.crop[1]}, {"height", header.crop[3]}};
    }
    for (const Index time : stamps.microseconds) dcimg["timestamps"].push_back(static_cast<double>(time) / 1e6);
    if (stamps.every > 1) dcimg["timestamps_every"] = stamps.every;
    return nlohmann::ordered_json{{"dcimg", dcimg}}.dump();
}

/// The frames with their displaced pixels where they belong.
class DcimgSource final : public ArraySource {
  public:
    DcimgSource(std::unique_ptr<ArraySource> stored, const DcimgHeader& header, Index row_offset)
        : stored_(std::move(stored)), displaced_(header.displaced), row_(header.displaced_row), offset_(row_offset) {}
    const ArrayInfo& info() const override { return stored_->info(); }
    std::size_t scratch_bytes() const override { return stored_->scratch_bytes(); }
    std::string name() const override { return stored_->name(); }

    void read(const Region& region, const View& out) const override {
        stored_->read(region, out);
        if (region.empty() || row_ < region.origin[1] || row_ >= region.end(1)) return;
        const auto pixel = static_cast<Index>(info().element_size());
        // The columns of the image that the 8 bytes at the begin of the stored row are.
        const Index begin = std::max<Index>(region.origin[2], 0), end = std::min(region.end(2), 8 / pixel - offset_);
        if (begin >= end) return;
        const InputFile file(name());
        for (Index i = 0; i < region.shape[0]; ++i) {
            std::array<std::byte, 8> pixels;
            file.read(displaced_.of(region.origin[0] + i), pixels.data(), 8);
            std::byte* row = out.data + i * out.strides[0] + (row_ - region.origin[1]) * out.strides[1];
            for (Index x = begin; x < end; ++x)
                std::copy_n(pixels.begin() + (x + offset_) * pixel, pixel,
                            row + (x - region.origin[2]) * out.strides[2]);
        }
    }

  private:
    std::unique_ptr<ArraySource> stored_;
    DcimgRecords displaced_;
    Index row_, offset_;
};

/// Where in the stored rows the image begins, in pixels.
Index row_offset_of(const DcimgHeader& header, const std::string& path, const ReadOptions& options) {
    const Index stored = header.row_bytes / static_cast<Index>(size_of(header.dtype)), spare = stored - header.width;
    if (options.row_offset > spare)
        throw UsageError(
            fmt::format("--row-offset {}: {} stores {} pixels a row and {} of them are the image's, so it "
                        "is at most {}",
                        options.row_offset, path, stored, header.width, spare));
    if (spare > 0 && options.row_offset == 0)
        options.note(path,
                     fmt::format("each row is stored with {} pixels, of which the image has {}: the first ones are "
                                 "taken; --row-offset N leaves out N before them",
                                 stored, header.width));
    return options.row_offset;
}

std::unique_ptr<ArraySource> open_dcimg(const std::string& path, const ReadOptions& options) {
    const InputFile file(path);
    const DcimgHeader header = with_context([&] { return path; }, [&] { return read_dcimg_header(file); });
    for (const std::string& sentence : header.notes) options.note(path, sentence);
    const Timestamps stamps = read_timestamps(file, header);
    const Index row_offset = row_offset_of(header, path, options);

    ArrayInfo info;
    info.dtype = header.dtype;
    info.shape = {header.frames, header.height, header.width};
    info.axes = axes_from_letters("tyx");
    info.axes[0].spacing = spacing_of(stamps, path, options);
    if (info.axes[0].spacing > 0) info.axes[0].unit = "s";
    info.attributes = attributes_of(header, stamps);
    const auto pixel = static_cast<Index>(info.element_size());
    StridedLayout layout{
        header.pixels.first + row_offset * pixel, {header.pixels.step, header.row_bytes, pixel}, false};
    auto stored = open_strided(path, std::move(info), {path}, std::move(layout));
    if (!header.displaced) return stored;
    return std::make_unique<DcimgSource>(std::move(stored), header, row_offset);
}

}  // namespace

Format dcimg_format() {
    Format format{"dcimg", {".dcimg"}, "Hamamatsu's recordings; reading only", nullptr, open_dcimg, nullptr};
    format.matches = [](const std::string&, const std::string& head) { return head.starts_with(dcimg_magic); };
    format.options = {"--row-offset"};
    return format;
}

}  // namespace levin::formats
