#include "levin/kernels/statistics.hpp"

#include <fmt/format.h>

#include "levin/core/error.hpp"
#include "levin/kernels/statistics_tile.hpp"

namespace levin::kernels {

using namespace detail;

/// One array per quantity that some statistic needs; the others stay empty.
struct Accumulator::State {
    struct Needs {
        bool sum = false, deviations = false, max = false, min = false, argmax = false, argmin = false;
        explicit Needs(std::span<const Statistic> statistics, DType type);
        bool any_max() const { return max || argmax; }
        bool any_min() const { return min || argmin; }
        bool any_position() const { return argmax || argmin; }
        std::size_t bytes_per_pixel(DType type) const;
    };

    State(std::span<const Statistic> statistics, DType in_, Index pixels_, Index ddof_);
    template <class T>
    void add(const ConstView& block, Index first);
    template <class T>
    void add_tile(const Tile<T>& tile, Index first);
    template <class T>
    void finish(StatisticKind kind, const View& out) const;
    double moment(StatisticKind kind, Index p) const;
    /// Samples including NaN; of integers that is the count.
    const Count* seen_of() const {
        return is_integer(in) || in == DType::boolean ? count.as<Count>() : seen.as<Count>();
    }

    Needs needs;
    DType in;
    Index pixels, ddof;
    Buffer count, seen, sum, shift, deviation, square, max, min, argmax, argmin;
};

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
    const auto make = [pixels_]<class T>(Buffer& buffer, bool needed, T initial) {
        if (!needed) return;
        buffer = Buffer(byte_count({pixels_}, sizeof(T)));
        std::fill_n(buffer.as<T>(), pixels_, initial);
    };
    make(count, true, Count{0});
    make(seen, needs.any_position() && is_floating(in), Count{0});
    make(sum, needs.sum, 0.0);
    make(shift, needs.deviations, nan);
    make(deviation, needs.deviations, 0.0);
    make(square, needs.deviations, 0.0);
    make(argmax, needs.argmax, Position{0});
    make(argmin, needs.argmin, Position{0});
    visit_real(in, [&]<class T>() {
        make(max, needs.any_max(), least_candidate<1, Sample<T>>());
        make(min, needs.any_min(), least_candidate<-1, Sample<T>>());
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

double Accumulator::State::moment(StatisticKind kind, Index p) const {
    const auto n = static_cast<double>(count.as<Count>()[p]);
    if (n == 0) return nan;
    const double total = needs.sum ? sum.as<double>()[p] : nan;
    if (kind == StatisticKind::sum) return total;
    if (kind == StatisticKind::mean) return total / n;
    const auto divisor = n - static_cast<double>(ddof);
    if (divisor <= 0) return nan;
    const double d = deviation.as<double>()[p];
    const double squares = square.as<double>()[p] - d * d / n;
    const double variance = (squares < 0 ? 0 : squares) / divisor;  // rounding must not make it negative; NaN stays
    if (kind == StatisticKind::var) return variance;
    return kind == StatisticKind::std ? std::sqrt(variance) : total / n / std::sqrt(variance);
}

template <class T>
void Accumulator::State::finish(StatisticKind kind, const View& out) const {
    using S = Sample<T>;
    const Count* n = count.as<Count>();
    const auto position_of = [&](const Buffer& buffer, Index p) -> double {
        if (seen_of()[p] > std::numeric_limits<Position>::max())
            throw Error(fmt::format("position among {} samples does not fit int32", seen_of()[p]));
        return n[p] > 0 ? buffer.as<Position>()[p] : -1;
    };
    const auto some = [&](Index p) {
        if (!std::is_floating_point_v<S> && n[p] == 0)
            throw Error(
                fmt::format("{} of no samples: type {} has no NaN to say so", to_string(Statistic{kind}), name_of(in)));
    };
    const auto store = [&]<class Out>(Out, Index p, auto value) {
        *reinterpret_cast<Out*>(out.data + p * out.strides[0]) = static_cast<Out>(value);
    };
    for (Index p = 0; p < pixels; ++p) {
        switch (kind) {
            case StatisticKind::max:
                some(p);
                store(T{}, p, max.as<S>()[p]);
                break;
            case StatisticKind::min:
                some(p);
                store(T{}, p, min.as<S>()[p]);
                break;
            case StatisticKind::range:
                some(p);
                if constexpr (std::is_integral_v<S>) {
                    using U = std::make_unsigned_t<S>;
                    store(U{}, p, static_cast<U>(static_cast<U>(max.as<S>()[p]) - static_cast<U>(min.as<S>()[p])));
                } else {
                    store(S{}, p, max.as<S>()[p] - min.as<S>()[p]);
                }
                break;
            case StatisticKind::argmax:
                store(Position{}, p, position_of(argmax, p));
                break;
            case StatisticKind::argmin:
                store(Position{}, p, position_of(argmin, p));
                break;
            case StatisticKind::count:
                if (n[p] > std::numeric_limits<Position>::max())
                    throw Error(fmt::format("count {} does not fit int32", n[p]));
                store(Position{}, p, n[p]);
                break;
            case StatisticKind::sum:
                store(double{}, p, moment(kind, p));
                break;
            default:
                if (out.dtype == DType::float32) store(float{}, p, moment(kind, p));
                else store(double{}, p, moment(kind, p));
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

void Accumulator::finish(const Statistic& statistic, const View& out) const {
    visit_real(state_->in, [&]<class T>() { state_->finish<T>(statistic.kind, out); });
}

}  // namespace levin::kernels
