#include "levin/kernels/detrend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "levin/core/error.hpp"
#include "levin/kernels/detrend_passes.hpp"

namespace levin::kernels {
namespace {

/// Pixels worked on side by side: between the two passes, 1000 samples of them stay in the second cache.
constexpr Index lanes = 128;

/// Fills `basis` (n + extra, order + 1) with polynomials of degree 0 .. order that are orthonormal over the points
/// x[0..n); rows of the `extra` points after them are only evaluated. Each polynomial is x times the one before, made
/// orthogonal to all of them, twice: once is not enough in floating point.
void orthonormal_polynomials(const double* x, Index n, Index extra, int order, double* basis) {
    const Index columns = order + 1, rows = n + extra;
    // Points in [-1, 1]: powers neither overflow nor vanish.
    const double centre = 0.5 * (x[0] + x[n - 1]);
    const double scale = n > 1 ? 2 / (x[n - 1] - x[0]) : 1;
    for (Index k = 0; k < columns; ++k) {
        double* column = basis + k;
        for (Index t = 0; t < rows; ++t)
            column[t * columns] = k == 0 ? 1.0 : column[t * columns - 1] * ((x[t] - centre) * scale);
        for (Index j = 0; j < 2 * k; ++j) {
            const double* other = basis + j % k;
            double dot = 0;
            for (Index t = 0; t < n; ++t) dot += other[t * columns] * column[t * columns];
            for (Index t = 0; t < rows; ++t) column[t * columns] -= dot * other[t * columns];
        }
        double square = 0;
        for (Index t = 0; t < n; ++t) square += column[t * columns] * column[t * columns];
        const double inverse = 1 / std::sqrt(square);
        for (Index t = 0; t < rows; ++t) column[t * columns] *= inverse;
    }
}

int order_of(const DetrendOptions& options) {
    if (options.type == "constant") return 0;
    if (options.type == "linear") return 1;
    if (options.type == "polynomial") return options.order;
    throw UsageError(fmt::format("unknown trend '{}'; known are constant, linear and polynomial", options.type));
}

}  // namespace

DetrendKeep parse_detrend_keep(std::string_view text) {
    if (text == "none") return DetrendKeep::none;
    if (text == "mean") return DetrendKeep::mean;
    if (text == "intercept") return DetrendKeep::intercept;
    throw UsageError(fmt::format("cannot keep '{}'; known are none, mean and intercept", text));
}

Detrend::Detrend(const DetrendOptions& options, Index n) : n_(n), order_(order_of(options)), keep_(options.keep) {
    if (order_ < 0) throw UsageError(fmt::format("the order of a polynomial is at least 0, not {}", order_));
    if (order_ >= n)
        throw UsageError(
            fmt::format("a trend of order {} needs at least {} samples; the series have {}", order_, order_ + 1, n));
    std::vector<double> x(static_cast<std::size_t>(n));
    for (std::size_t t = 0; t < x.size(); ++t) x[t] = static_cast<double>(t);
    basis_.resize(x.size() * (static_cast<std::size_t>(order_) + 1));
    orthonormal_polynomials(x.data(), n, 0, order_, basis_.data());
}

std::size_t Detrend::scratch_bytes() const {
    // The coefficients of a tile, or what one series with gaps needs.
    const auto columns = static_cast<std::size_t>(order_) + 1;
    return sizeof(double) * std::max((columns + 3) * lanes, (columns + 2) * static_cast<std::size_t>(n_ + 1) + columns);
}

void Detrend::operator()(const ConstView& in, const View& out, Buffer& scratch) const {
    scratch.reserve(scratch_bytes());
    const Index columns = order_ + 1, pixels = in.count() / n_;
    auto* coefficients = scratch.as<double>();  // (columns, lanes); then origin, kept and shift of each pixel
    double *origin = coefficients + columns * lanes, *kept = origin + lanes, *shift = kept + lanes;
    for (Index first = 0; first < pixels; first += lanes) {
        const Index width = std::min(lanes, pixels - first);
        const detail::TrendBlock tile{.in = in.data + first * static_cast<Index>(size_of(in.dtype)),
                                      .dtype = in.dtype,
                                      .out = out.data + first * static_cast<Index>(size_of(out.dtype)),
                                      .stride = pixels,
                                      .width = width,
                                      .n = n_,
                                      .basis = basis_.data(),
                                      .columns = columns,
                                      .coefficients = coefficients,
                                      .pitch = lanes,
                                      .origin = origin,
                                      .kept = kept,
                                      .shift = shift};
        visit_sample_dtype(in.dtype, [&]<class T>() {
            // Values count from the first sample: a constant series is exactly 0 from here on.
            for (Index w = 0; w < width; ++w) origin[w] = static_cast<double>(reinterpret_cast<const T*>(tile.in)[w]);
        });
        detail::fit_trend(tile);
        keep(width, coefficients);
        bool complete[lanes];
        for (Index w = 0; w < width; ++w) {
            complete[w] = true;
            for (Index k = 0; k < columns; ++k) complete[w] &= std::isfinite(coefficients[k * lanes + w]);
        }
        for (Index w = 0; w < width;) {  // runs of series without gaps
            const Index begin = w;
            while (w < width && complete[w]) ++w;
            if (w > begin) detail::subtract_trend(tile.part(begin, w - begin));
            while (w < width && !complete[w]) ++w;
        }
        for (Index w = 0; w < width; ++w)
            if (!complete[w])
                visit_sample_dtype(in.dtype, [&]<class T>() {
                    incomplete_series(reinterpret_cast<const T*>(tile.in) + w,
                                      reinterpret_cast<Computed<T>*>(tile.out) + w, pixels, coefficients);
                });
    }
}

/// What is put back after the trend is removed.
void Detrend::keep(Index width, double* coefficients) const {
    const double* origin = coefficients + (order_ + 1) * lanes;
    double *kept = coefficients + (order_ + 2) * lanes, *shift = kept + lanes;
    for (Index w = 0; w < width; ++w) {
        kept[w] = shift[w] = 0;
        if (keep_ == DetrendKeep::none) continue;
        shift[w] = origin[w];
        for (Index k = 0; k < (keep_ == DetrendKeep::mean ? 1 : order_ + 1); ++k)
            kept[w] += basis_[static_cast<std::size_t>(k)] * coefficients[k * lanes + w];
    }
}

/// One series with gaps: a basis of its own over its valid samples, with one more row for x = 0, where the intercept
/// is.
template <class T>
void Detrend::incomplete_series(const T* in, Computed<T>* out, Index stride, double* scratch) const {
    const Index columns = order_ + 1;
    double* x = scratch;
    double* value = x + n_ + 1;
    double* coefficients = value + n_ + 1;
    double* basis = coefficients + columns;
    Index valid = 0;
    bool infinite = false;
    for (Index t = 0; t < n_; ++t) {
        const auto v = static_cast<double>(in[t * stride]);
        infinite |= std::isinf(v);
        if (std::isnan(v)) continue;
        x[valid] = static_cast<double>(t);
        value[valid++] = v;
    }
    if (infinite || valid < columns) {
        for (Index t = 0; t < n_; ++t) out[t * stride] = std::numeric_limits<Computed<T>>::quiet_NaN();
        return;
    }
    x[valid] = 0;
    orthonormal_polynomials(x, valid, 1, order_, basis);
    const auto trend_at = [&](Index i, Index terms) {
        double sum = 0;
        for (Index k = 0; k < terms; ++k) sum += basis[i * columns + k] * coefficients[k];
        return sum;
    };
    const double origin = value[0];
    std::fill_n(coefficients, columns, 0.0);
    for (Index i = 0; i < valid; ++i)
        for (Index k = 0; k < columns; ++k) coefficients[k] += basis[i * columns + k] * (value[i] - origin);
    const double kept = keep_ == DetrendKeep::none ? 0 : trend_at(valid, keep_ == DetrendKeep::mean ? 1 : columns);
    const double shift = keep_ == DetrendKeep::none ? 0 : origin;
    for (Index t = 0; t < n_; ++t) out[t * stride] = static_cast<Computed<T>>(in[t * stride]);  // NaN stays
    for (Index i = 0; i < valid; ++i)
        out[static_cast<Index>(x[i]) * stride] =
            static_cast<Computed<T>>(((value[i] - origin) - (trend_at(i, columns) - kept)) + shift);
}

}  // namespace levin::kernels
