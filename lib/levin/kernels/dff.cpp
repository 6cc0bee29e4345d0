#include "levin/kernels/dff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "levin/core/error.hpp"
#include "levin/kernels/dff_passes.hpp"
#include "levin/kernels/select.hpp"

namespace levin::kernels {
namespace {

constexpr Index lanes = 16;  // series transposed together: a cache line of float

constexpr std::string_view known_baselines =
    "percentile:Q, mean, median, frames:A:B, rolling-percentile:Q:W, rolling-mean:W, median-window:W and "
    "maximin:SIGMA:W";

/// The words of one baseline, and the messages about them.
class BaselineText {
    template <class Parse>
    auto in_context(Parse&& parse) const {
        return with_context([&] { return fmt::format("baseline '{}'", text_); }, parse);
    }
    Quantity quantity(std::size_t i) const {
        return in_context([&] { return parse_quantity(words_[i]); });
    }

  public:
    BaselineText(std::string_view text, const Axis& time) : text_(text), time_(time) {
        for (std::size_t begin = 0; begin <= text.size();) {
            const std::size_t end = std::min(text.find(':', begin), text.size());
            words_.push_back(text.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    std::string_view name() const { return words_[0]; }
    void expect(std::size_t values, std::string_view form) const {
        if (words_.size() != values + 1) fail(fmt::format("expected {}", form));
    }
    double percentile(std::size_t i) const {
        const Quantity q = quantity(i);
        if (!q.unit.empty() || !(q.value >= 0 && q.value <= 100))
            fail(fmt::format("a percentile is a number from 0 to 100, not '{}'", words_[i]));
        return q.value;
    }
    Index frame(std::size_t i) const {
        const Quantity q = quantity(i);
        if (!q.unit.empty() || q.value != std::floor(q.value) || std::abs(q.value) > 0x1p53)
            fail(fmt::format("a frame is a whole number, not '{}'", words_[i]));
        return static_cast<Index>(q.value);
    }
    Index window(std::size_t i) const {
        const Index count = in_context([&] { return to_sample_count(quantity(i), time_); });
        if (count < 1 || count >= Index{1} << 31)
            fail(fmt::format("a window is at least 1 and below 2^31 samples; '{}' is {}", words_[i], count));
        return count;
    }
    double sigma(std::size_t i) const {
        const double sigma = in_context([&] { return to_samples(quantity(i), time_); });
        if (!(sigma >= 0 && sigma < 0x1p28))
            fail(fmt::format("sigma is at least 0 and below 2^28 samples; '{}' is {}", words_[i], sigma));
        return sigma;
    }
    [[noreturn]] void fail(const std::string& why) const {
        throw UsageError(fmt::format("baseline '{}': {}", text_, why));
    }

  private:
    std::string_view text_;
    const Axis& time_;
    std::vector<std::string_view> words_;
};

}  // namespace

Baseline parse_baseline(std::string_view text, const Axis& time, Index n) {
    const BaselineText words(text, time);
    Baseline baseline;
    if (words.name() == "percentile") {
        words.expect(1, "percentile:Q");
        baseline.kind = BaselineKind::percentile;
        baseline.percentile = words.percentile(1);
    } else if (words.name() == "mean") {
        words.expect(0, "mean alone");
        baseline.kind = BaselineKind::mean;
    } else if (words.name() == "median") {
        words.expect(0, "median alone");
        baseline.kind = BaselineKind::median;
        baseline.percentile = 50;
    } else if (words.name() == "frames") {
        words.expect(2, "frames:A:B");
        baseline.kind = BaselineKind::frames;
        baseline.first = words.frame(1) + (words.frame(1) < 0 ? n : 0);
        baseline.last = words.frame(2) + (words.frame(2) < 0 ? n : 0);
        if (baseline.first < 0 || baseline.last > n || baseline.first >= baseline.last)
            words.fail(fmt::format("frames {} to {} (exclusive) of {}", baseline.first, baseline.last, n));
    } else if (words.name() == "rolling-percentile") {
        words.expect(2, "rolling-percentile:Q:W");
        baseline.kind = BaselineKind::rolling_percentile;
        baseline.percentile = words.percentile(1);
        baseline.window = words.window(2);
    } else if (words.name() == "rolling-mean") {
        words.expect(1, "rolling-mean:W");
        baseline.kind = BaselineKind::rolling_mean;
        baseline.window = words.window(1);
    } else if (words.name() == "median-window") {
        words.expect(1, "median-window:W");
        baseline.kind = BaselineKind::rolling_percentile;
        baseline.percentile = 50;
        baseline.window = words.window(1);
    } else if (words.name() == "maximin") {
        words.expect(2, "maximin:SIGMA:W");
        baseline.kind = BaselineKind::maximin;
        baseline.sigma = words.sigma(1);
        baseline.window = words.window(2);
    } else {
        words.fail(fmt::format("known are {}", known_baselines));
    }
    return baseline;
}

Dff::Dff(const DffOptions& options, Index n) : options_(options), n_(n), smoother_(options.baseline.sigma) {
    const Baseline& b = options.baseline;
    if (n < 1 || n >= (Index{1} << 31)) throw UsageError(fmt::format("dF/F of {} samples: expected 1 to 2^31 - 1", n));
    if (!std::isfinite(options.offset)) throw UsageError("the offset of dF/F must be a finite number");
    if (b.kind == BaselineKind::frames && (b.first < 0 || b.first >= b.last || b.last > n))
        throw UsageError(fmt::format("baseline frames {} to {} (exclusive) of {}", b.first, b.last, n));
    if (b.varies() && b.window < 1) throw UsageError("the window of a rolling baseline has at least 1 sample");
}

std::size_t Dff::scratch_bytes() const {
    const Baseline& b = options_.baseline;
    const auto row = static_cast<std::size_t>(n_) * sizeof(double);
    const std::size_t rows = 2 * static_cast<std::size_t>(lanes) * row;  // series and baselines, where they vary
    switch (b.kind) {
        case BaselineKind::percentile:
        case BaselineKind::median:
            return std::max(percentiles_scratch_bytes(DType::float32, n_, detail::dff_lanes),
                            percentiles_scratch_bytes(DType::float64, n_, detail::dff_lanes));
        case BaselineKind::rolling_percentile:
            return rows + rolling_percentile_scratch_bytes(n_);
        case BaselineKind::rolling_mean:
            return rows + rolling_scratch_bytes(n_, b.window);
        case BaselineKind::maximin:
            return rows + row + std::max(rolling_scratch_bytes(n_, b.window), smoother_.scratch_bytes(n_));
        case BaselineKind::mean:
        case BaselineKind::frames:
            break;
    }
    return 0;
}

/// One baseline for each series of a tile.
void Dff::constant_baselines(const detail::SeriesTile& tile, double* f0, Buffer& scratch) const {
    const Baseline& b = options_.baseline;
    if (b.kind == BaselineKind::percentile || b.kind == BaselineKind::median) {
        const auto step = static_cast<Index>(size_of(tile.dtype));
        const double q = b.kind == BaselineKind::median ? 50 : b.percentile;
        percentiles(ConstView(tile.in, tile.dtype, {n_, tile.width}, {tile.stride * step, step}), {&q, 1},
                    contiguous(static_cast<void*>(f0), DType::float64, {1, tile.width}), scratch);
    } else {
        const bool all = b.kind == BaselineKind::mean;
        detail::means(tile, all ? 0 : b.first, all ? n_ : b.last, f0);
    }
}

/// A baseline for each sample of one series.
void Dff::varying_baseline(std::span<const double> series, double* out, std::byte* scratch) const {
    const Baseline& b = options_.baseline;
    if (b.kind == BaselineKind::rolling_percentile) {
        rolling_percentile(series, b.percentile, b.window, out, scratch);
    } else if (b.kind == BaselineKind::rolling_mean) {
        rolling_mean(series, b.window, BorderMode::nearest, out, scratch);
    } else {
        auto* work = reinterpret_cast<double*>(scratch);
        std::byte* rest = scratch + series.size_bytes();
        smoother_(series, out, rest);
        rolling_minimum({out, series.size()}, b.window, BorderMode::reflect, work, rest);
        rolling_maximum({work, series.size()}, b.window, BorderMode::reflect, out, rest);
    }
}

Index Dff::operator()(const ConstView& in, const View& out, const View* baseline, Buffer& scratch) const {
    scratch.reserve(scratch_bytes());
    const Index pixels = in.count() / n_;
    return visit_sample_dtype(in.dtype, [&]<class T>() {
        using R = Computed<T>;
        R* f0 = baseline ? baseline->as<R>() : nullptr;
        return baseline_varies() ? by_series(in.as<T>(), pixels, out.as<R>(), f0, scratch)
                                 : by_tiles(in.as<T>(), pixels, out.as<R>(), f0, scratch);
    });
}

template <class T>
Index Dff::by_tiles(const T* in, Index pixels, Computed<T>* out, Computed<T>* baseline, Buffer& scratch) const {
    Index hit_floor = 0;
    for (Index first = 0; first < pixels; first += detail::dff_lanes) {
        const Index width = std::min(detail::dff_lanes, pixels - first);
        const detail::SeriesTile tile{reinterpret_cast<const std::byte*>(in + first),
                                      dtype_of<T>(),
                                      reinterpret_cast<std::byte*>(out + first),
                                      pixels,
                                      n_,
                                      width};
        double f0[detail::dff_lanes];
        constant_baselines(tile, f0, scratch);
        detail::divide_by_baselines(tile, f0, options_.offset, options_.ratio);
        for (Index w = 0; w < width; ++w) {
            hit_floor += f0[w] <= 0 || f0[w] + options_.offset <= 0;
            if (baseline) baseline[first + w] = static_cast<Computed<T>>(f0[w]);
        }
    }
    return hit_floor;
}

template <class T>
Index Dff::by_series(const T* in, Index pixels, Computed<T>* out, Computed<T>* baseline, Buffer& scratch) const {
    auto* rows = scratch.as<double>();   // (lanes, n)
    double* floors = rows + lanes * n_;  // (lanes, n)
    auto* work = reinterpret_cast<std::byte*>(floors + lanes * n_);
    Index hit_floor = 0;
    for (Index first = 0; first < pixels; first += lanes) {
        const Index width = std::min(lanes, pixels - first);
        const auto store = [&](const double* from, Computed<T>* to) {
            for (Index t = 0; t < n_; ++t)
                for (Index w = 0; w < width; ++w)
                    to[t * pixels + first + w] = static_cast<Computed<T>>(from[w * n_ + t]);
        };
        for (Index t = 0; t < n_; ++t)
            for (Index w = 0; w < width; ++w) rows[w * n_ + t] = static_cast<double>(in[t * pixels + first + w]);
        for (Index w = 0; w < width; ++w) {
            double* row = rows + w * n_;
            double* f0 = floors + w * n_;
            varying_baseline({row, static_cast<std::size_t>(n_)}, f0, work);
            if (divide(row, f0)) ++hit_floor;
        }
        store(rows, out);
        if (baseline) store(floors, baseline);
    }
    return hit_floor;
}

/// Turns F into dF/F; true when the baseline is not positive somewhere.
bool Dff::divide(double* row, const double* f0) const {
    bool hit_floor = false;
    for (Index t = 0; t < n_; ++t) {
        const double f = f0[t], denominator = f + options_.offset;
        const bool low = f <= 0 || denominator <= 0;
        hit_floor |= low;
        row[t] = low ? std::numeric_limits<double>::quiet_NaN() : (options_.ratio ? row[t] : row[t] - f) / denominator;
    }
    return hit_floor;
}

}  // namespace levin::kernels
