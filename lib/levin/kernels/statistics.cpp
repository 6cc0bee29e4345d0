#include <fmt/format.h>

#include "levin/core/error.hpp"
#include "levin/kernels/statistics_state.hpp"

namespace levin::kernels {

using namespace detail;

Accumulator::State::Needs::Needs(std::span<const Statistic> statistics, DType type) {
    for (const Statistic& statistic : statistics) {
        output_dtype(statistic, type);  // refuses complex samples
        switch (statistic.kind) {
            case StatisticKind::max:
                max = true;
                break;
            case StatisticKind::min:
                min = true;
                break;
            case StatisticKind::range:
                max = min = true;
                break;
            case StatisticKind::argmax:
                argmax = true;
                break;
            case StatisticKind::argmin:
                argmin = true;
                break;
            case StatisticKind::sum:
            case StatisticKind::mean:
                sum = true;
                break;
            case StatisticKind::std:
            case StatisticKind::var:
                deviations = true;
                break;
            case StatisticKind::snr:
                sum = deviations = true;
                break;
            case StatisticKind::count:
                break;
            case StatisticKind::median:
            case StatisticKind::percentile:
                throw UsageError(
                    fmt::format("{} needs all samples at once and cannot be accumulated", to_string(statistic)));
        }
    }
}

std::size_t Accumulator::State::Needs::bytes_per_pixel(DType type) const {
    const std::size_t extreme = type == DType::float16 ? sizeof(float) : size_of(type);
    return sizeof(Count) * (1 + (any_position() && is_floating(type))) + sizeof(double) * (sum + 3 * deviations) +
           extreme * (any_max() + any_min()) + sizeof(Position) * (argmax + argmin);
}

Accumulator::State::State(std::span<const Statistic> statistics, DType in_, Index pixels_, Index ddof_)
    : needs(statistics, in_), in(in_), pixels(pixels_), ddof(ddof_) {
    for_each_quantity([this]<class T>(const char*, Buffer& buffer, bool needed, T) {
        if (needed) buffer = Buffer(byte_count({pixels}, sizeof(T)));
    });
    reset();
}

void Accumulator::State::reset() {
    for_each_quantity([this]<class T>(const char*, Buffer& buffer, bool needed, T initial) {
        if (needed) std::fill_n(buffer.as<T>(), pixels, initial);
    });
}

template <class T>
void Accumulator::State::add_tile(const Tile<T>& tile, Index first) {
    const TileKernels<T>& kernels = tile_kernels<T>();
    // Positions count from before this tile, so they come before the counts.
    if (needs.argmax) kernels.argmax(tile, seen_of() + first, max.as<T>() + first, argmax.as<Position>() + first);
    else if (needs.max) kernels.max(tile, max.as<T>() + first);
    if (needs.argmin) kernels.argmin(tile, seen_of() + first, min.as<T>() + first, argmin.as<Position>() + first);
    else if (needs.min) kernels.min(tile, min.as<T>() + first);
    if (needs.sum) kernels.sum(tile, sum.as<double>() + first);
    if (needs.deviations)
        kernels.deviations(tile, shift.as<double>() + first, deviation.as<double>() + first,
                           square.as<double>() + first);
    kernels.count(tile, count.as<Count>() + first);
    if (seen.size() > 0)
        for (Index p = 0; p < tile.width; ++p) seen.as<Count>()[first + p] += tile.rows;
}

template <class T>
void Accumulator::State::add(const ConstView& block, Index first) {
    constexpr Index worth_a_tile = 64;  // samples of one pixel side by side
    using S = Sample<T>;
    const Index n = block.shape[0], count_p = block.shape[1], row = block.strides[0], column = block.strides[1];
    if (!std::is_same_v<T, Float16> && (column == static_cast<Index>(sizeof(T)) || count_p == 1)) {
        // A single pixel's samples need not be gathered: they are a tile of width 1.
        const Index rows = count_p < 8 ? tile_samples : tile_rows;
        for (Index p = 0; p < count_p; p += tile_width)
            for (Index t = 0; t < n; t += rows)
                add_tile(Tile<S>{block.data + t * row + p * column, row, std::min(rows, n - t),
                                 std::min(tile_width, count_p - p)},
                         first + p);
        return;
    }
    if (!std::is_same_v<T, Float16> && row == static_cast<Index>(sizeof(T)) && n >= worth_a_tile) {
        for (Index p = 0; p < count_p; ++p)
            for (Index t = 0; t < n; t += tile_samples)
                add_tile(Tile<S>{block.data + t * row + p * column, row, std::min(tile_samples, n - t), 1}, first + p);
        return;
    }
    std::array<S, tile_samples> tile;
    const Index width = std::min<Index>(count_p, 16), rows = tile_samples / std::max<Index>(width, 1);
    for (Index p = 0; p < count_p; p += width) {
        const Index w = std::min(width, count_p - p);
        for (Index t = 0; t < n; t += rows) {
            const Index r = std::min(rows, n - t);
            for (Index i = 0; i < w; ++i)
                for (Index j = 0; j < r; ++j)
                    tile[static_cast<std::size_t>(j * w + i)] =
                        static_cast<S>(*reinterpret_cast<const T*>(block.data + (t + j) * row + (p + i) * column));
            add_tile(Tile<S>{reinterpret_cast<const std::byte*>(tile.data()), w * static_cast<Index>(sizeof(S)), r, w},
                     first + p);
        }
    }
}

Accumulator::Accumulator(std::span<const Statistic> statistics, DType in, Index pixels, Index ddof)
    : state_(std::make_unique<State>(statistics, in, pixels, ddof)) {}
Accumulator::Accumulator(Accumulator&&) noexcept = default;
Accumulator& Accumulator::operator=(Accumulator&&) noexcept = default;
Accumulator::~Accumulator() = default;

std::size_t Accumulator::state_bytes(std::span<const Statistic> statistics, DType in, Index pixels) {
    return byte_count({pixels}, State::Needs(statistics, in).bytes_per_pixel(in));
}

void Accumulator::add(const ConstView& block, Index first) {
    visit_real(state_->in, [&]<class T>() { state_->add<T>(block, first); });
}

void Accumulator::reset() { state_->reset(); }

std::vector<Accumulator::Quantity> Accumulator::quantities() {
    std::vector<Quantity> result;
    state_->for_each_quantity([&]<class T>(const char* name, Buffer& buffer, bool needed, T) {
        if (needed) result.push_back({name, dtype_of<T>(), buffer.data()});
    });
    return result;
}

}  // namespace levin::kernels
