// From what has been accumulated to results: of one Accumulator, and of several one after the other.
#include <fmt/format.h>

#include "levin/core/error.hpp"
#include "levin/kernels/statistics_state.hpp"

namespace levin::kernels {

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

template <class T>
void Accumulator::State::append(const State& later) {
    using S = Sample<T>;
    const auto each = [this](auto body) {
        for (Index p = 0; p < pixels; ++p) body(p);
    };
    const auto extreme = [&]<int sign>(Buffer& best, Buffer& position, const Buffer& other, const Buffer& at) {
        each([&](Index p) {
            if (!exceeds<sign>(other.as<S>()[p], best.as<S>()[p])) return;
            best.as<S>()[p] = other.as<S>()[p];
            if (position.size() > 0)
                position.as<Position>()[p] = static_cast<Position>(seen_of()[p]) + at.as<Position>()[p];
        });
    };
    if (needs.any_max()) extreme.template operator()<1>(max, argmax, later.max, later.argmax);
    if (needs.any_min()) extreme.template operator()<-1>(min, argmin, later.min, later.argmin);
    const auto add = [&]<class V>(V, Buffer& to, const Buffer& from) {
        each([&](Index p) { to.as<V>()[p] += from.as<V>()[p]; });
    };
    if (needs.sum) add(double{}, sum, later.sum);
    if (needs.deviations) append_deviations(later);
    add(Count{}, count, later.count);
    if (seen.size() > 0) add(Count{}, seen, later.seen);
}

// With s' = s + (s' - s) the sums about the later shift s' are turned into sums about this one's, s.
void Accumulator::State::append_deviations(const State& later) {
    for (Index p = 0; p < pixels; ++p) {
        const auto n = static_cast<double>(later.count.as<Count>()[p]);
        if (n == 0) continue;
        double &s = shift.as<double>()[p], &d = deviation.as<double>()[p], &sq = square.as<double>()[p];
        const double next = later.shift.as<double>()[p], sum_d = later.deviation.as<double>()[p],
                     sum_sq = later.square.as<double>()[p];
        if (count.as<Count>()[p] == 0) {
            s = next, d = sum_d, sq = sum_sq;
        } else {
            const double apart = next - s;
            d += sum_d + n * apart;
            sq += sum_sq + 2 * apart * sum_d + n * apart * apart;
        }
    }
}

void Accumulator::append(const Accumulator& later) {
    visit_real(state_->in, [&]<class T>() { state_->append<T>(*later.state_); });
}

void Accumulator::finish(const Statistic& statistic, const View& out) const {
    visit_real(state_->in, [&]<class T>() { state_->finish<T>(statistic.kind, out); });
}

BlockAccumulator::BlockAccumulator(std::span<const Statistic> statistics, DType in, Index pixels, Index ddof,
                                   Index length, Index samples)
    : block_(statistics, in, pixels, ddof),
      total_(statistics, in, samples > length ? pixels : 0, ddof),
      length_(length),
      single_(samples <= length) {}

std::size_t BlockAccumulator::state_bytes(std::span<const Statistic> statistics, DType in, Index pixels, Index length,
                                          Index samples) {
    return (samples > length ? 2 : 1) * Accumulator::state_bytes(statistics, in, pixels);
}

void BlockAccumulator::add(const ConstView& block) {
    if (single_) return block_.add(block);
    for (Index first = 0; first < block.shape[0];) {
        const Index count = std::min(length_ - filled_, block.shape[0] - first);
        block_.add(block.sub({{first, 0}, {count, block.shape[1]}}));
        first += count;
        filled_ += count;
        if (filled_ < length_) continue;
        total_.append(block_);
        block_.reset();
        filled_ = 0;
    }
}

Accumulator& BlockAccumulator::result() {
    if (single_) return block_;
    total_.append(block_);
    block_.reset();
    return total_;
}

}  // namespace levin::kernels
