/// What an Accumulator keeps of every pixel. Private to statistics*.cpp.
#pragma once
#include "levin/kernels/statistics.hpp"
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
    void reset();
    template <class T>
    void append(const State& later);
    void append_deviations(const State& later);
    /// visit(name, buffer, whether some statistic needs it, the value it begins with).
    template <class Visit>
    void for_each_quantity(Visit visit);
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

template <class Visit>
void Accumulator::State::for_each_quantity(Visit visit) {
    visit("count", count, true, Count{0});
    visit("samples", seen, needs.any_position() && is_floating(in), Count{0});
    visit("sum", sum, needs.sum, 0.0);
    visit("shift", shift, needs.deviations, nan);
    visit("deviation", deviation, needs.deviations, 0.0);
    visit("square", square, needs.deviations, 0.0);
    visit("argmax", argmax, needs.argmax, Position{0});
    visit("argmin", argmin, needs.argmin, Position{0});
    visit_real(in, [&]<class T>() {
        visit("max", max, needs.any_max(), least_candidate<1, Sample<T>>());
        visit("min", min, needs.any_min(), least_candidate<-1, Sample<T>>());
    });
}

}  // namespace levin::kernels
