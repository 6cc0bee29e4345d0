#include "levin/engine/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "levin/core/error.hpp"

namespace levin::engine {
namespace {

constexpr Index target_bytes = Index{8} << 20;

bool is_series_axis(const Axis& axis) { return axis.name == "t" || axis.name == "f"; }
bool is_frame_axis(const Axis& axis) { return axis.name == "y" || axis.name == "x"; }

}  // namespace

bool holds_whole_series(const ArrayInfo& info) {
    for (std::size_t i = 0; i < info.rank(); ++i)
        if (is_series_axis(info.axes[i])) return info.shape[i] > 1 && info.chunks[i] >= info.shape[i];
    return false;
}

Layout layout_of(const ArrayInfo& info) {
    bool whole_frame = true;
    for (std::size_t i = 0; i < info.rank(); ++i)
        if (!is_series_axis(info.axes[i]) && info.chunks[i] < info.shape[i]) whole_frame = false;
    return holds_whole_series(info) && !whole_frame ? Layout::series : Layout::images;
}

std::string_view name_of(Layout layout) { return layout == Layout::series ? "series" : "images"; }

Dims default_chunks(const Dims& shape, const Axes& axes, DType dtype, Layout layout) {
    Dims chunks(shape.size(), 1);
    Index bytes = static_cast<Index>(size_of(dtype));
    const auto take = [&](std::size_t axis, Index most) {
        const Index fits = std::max<Index>(1, target_bytes / bytes);
        chunks[axis] = std::max<Index>(1, std::min({shape[axis], fits, most}));
        bytes *= chunks[axis];
    };
    if (layout == Layout::series) {
        Index samples = 1;
        for (std::size_t i = 0; i < shape.size(); ++i)
            if (is_series_axis(axes[i])) samples = chunks[i] = std::max<Index>(1, shape[i]);
        const double side = std::sqrt(std::max(
            1.0, static_cast<double>(target_bytes) / static_cast<double>(bytes) / static_cast<double>(samples)));
        const Index tile =
            std::clamp<Index>(static_cast<Index>(std::bit_floor(static_cast<std::uint64_t>(side))), 8, 256);
        for (std::size_t i = 0; i < shape.size(); ++i)
            if (is_frame_axis(axes[i])) chunks[i] = std::max<Index>(1, std::min(shape[i], tile));
        return chunks;
    }
    Index frame = bytes;
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (is_frame_axis(axes[i])) frame *= std::max<Index>(1, std::min<Index>(shape[i], target_bytes));
    const Index tile = frame <= target_bytes ? target_bytes : 1024;
    for (std::size_t i = shape.size(); i-- > 0;)
        if (is_frame_axis(axes[i])) take(i, tile);
    for (std::size_t i = shape.size(); i-- > 0;)
        if (!is_frame_axis(axes[i])) take(i, axes[i].name == "t" ? 64 : target_bytes);
    return chunks;
}

Dims override_chunks(Dims chunks, const std::string& text, const std::string& option, const Dims& shape,
                     const Axes& axes) {
    if (text.empty()) return chunks;
    for (const auto& [name, value] : parse_integers(text, option, 1)) {
        const std::size_t axis = with_context([&] { return fmt::format("{} {}", option, text); },
                                              [&, &wanted = name] { return require_axis(axes, wanted); });
        chunks[axis] = std::min(value, std::max<Index>(1, shape[axis]));
    }
    return chunks;
}

Dims default_shards(const Dims& shape, const Dims& chunks, const Axes& axes, Layout layout, Index files) {
    Dims shards = chunks;
    // Grow along the axis that the layout cuts: time for images, the frame for series, then whatever is left.
    while (Grid(shape, shards).size() > files) {
        const Grid grid(shape, shards);
        std::size_t best = shape.size();
        for (std::size_t i = 0; i < shape.size(); ++i) {
            if (grid.counts()[i] < 2) continue;
            const bool preferred = is_frame_axis(axes[i]) == (layout == Layout::series);
            const bool best_preferred = best < shape.size() && is_frame_axis(axes[best]) == (layout == Layout::series);
            if (best == shape.size() || (preferred && !best_preferred) ||
                (preferred == best_preferred && grid.counts()[i] > grid.counts()[best]))
                best = i;
        }
        shards[best] *= 2;
    }
    return shards == chunks ? Dims{} : shards;
}

}  // namespace levin::engine
