#include "levin/kernels/detrend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "levin/core/error.hpp"

namespace levin::kernels {
namespace {

constexpr Index lanes = 16;  // pixels worked on side by side

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
    return sizeof(double) * std::max(columns * lanes, (columns + 2) * static_cast<std::size_t>(n_ + 1) + columns);
}

template <class T>
void Detrend::operator()(T* series, Index pixels, Buffer& scratch) const {
    scratch.reserve(scratch_bytes());
    auto* coefficients = scratch.as<double>();  // (order + 1, lanes)
    for (Index first = 0; first < pixels; first += lanes) {
        const Index width = std::min(lanes, pixels - first);
        T* tile = series + first;
        fit(tile, pixels, width, coefficients);
        bool complete[lanes] = {};
        for (Index w = 0; w < width; ++w) {
            complete[w] = true;
            for (Index k = 0; k <= order_; ++k) complete[w] &= std::isfinite(coefficients[k * lanes + w]);
        }
        if (std::all_of(complete, complete + width, [](bool c) { return c; })) {
            subtract(tile, pixels, width, coefficients);
            continue;
        }
        for (Index w = 0; w < width; ++w)
            if (complete[w]) subtract(tile + w, pixels, 1, coefficients + w);
        for (Index w = 0; w < width; ++w)
            if (!complete[w]) incomplete_series(tile + w, pixels, coefficients);
    }
}

/// Coefficients of `width` neighbouring series. Values count from the first sample: a constant series is exactly 0 from
/// here on.
template <class T>
void Detrend::fit(const T* tile, Index stride, Index width, double* coefficients) const {
    const Index columns = order_ + 1;
    double origin[lanes];
    for (Index w = 0; w < width; ++w) origin[w] = static_cast<double>(tile[w]);
    std::fill_n(coefficients, columns * lanes, 0.0);
    for (Index t = 0; t < n_; ++t) {
        const T* row = tile + t * stride;
        for (Index k = 0; k < columns; ++k) {
            const double q = basis_[static_cast<std::size_t>(t * columns + k)];
            double* c = coefficients + k * lanes;
            for (Index w = 0; w < width; ++w) c[w] += q * (static_cast<double>(row[w]) - origin[w]);
        }
    }
}

template <class T>
void Detrend::subtract(T* tile, Index stride, Index width, const double* coefficients) const {
    const Index columns = order_ + 1;
    double origin[lanes], kept[lanes] = {}, shift[lanes] = {};
    for (Index w = 0; w < width; ++w) {
        origin[w] = static_cast<double>(tile[w]);
        if (keep_ == DetrendKeep::none) continue;
        shift[w] = origin[w];
        for (Index k = 0; k < (keep_ == DetrendKeep::mean ? 1 : columns); ++k)
            kept[w] += basis_[static_cast<std::size_t>(k)] * coefficients[k * lanes + w];
    }
    for (Index t = 0; t < n_; ++t) {
        T* row = tile + t * stride;
        double trend[lanes] = {};
        for (Index k = 0; k < columns; ++k) {
            const double q = basis_[static_cast<std::size_t>(t * columns + k)];
            for (Index w = 0; w < width; ++w) trend[w] += q * coefficients[k * lanes + w];
        }
        for (Index w = 0; w < width; ++w)
            row[w] = static_cast<T>(((static_cast<double>(row[w]) - origin[w]) - (trend[w] - kept[w])) + shift[w]);
    }
}

/// One series with gaps: a basis of its own over its valid samples, with one more row for x = 0, where the intercept
/// is.
template <class T>
void Detrend::incomplete_series(T* series, Index stride, double* scratch) const {
    const Index columns = order_ + 1;
    double* x = scratch;
    double* value = x + n_ + 1;
    double* coefficients = value + n_ + 1;
    double* basis = coefficients + columns;
    Index valid = 0;
    bool infinite = false;
    for (Index t = 0; t < n_; ++t) {
        const auto v = static_cast<double>(series[t * stride]);
        infinite |= std::isinf(v);
        if (std::isnan(v)) continue;
        x[valid] = static_cast<double>(t);
        value[valid++] = v;
    }
    if (infinite || valid < columns) {
        for (Index t = 0; t < n_; ++t) series[t * stride] = std::numeric_limits<T>::quiet_NaN();
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
    for (Index i = 0; i < valid; ++i)
        series[static_cast<Index>(x[i]) * stride] =
            static_cast<T>(((value[i] - origin) - (trend_at(i, columns) - kept)) + shift);
}

template void Detrend::operator()(float*, Index, Buffer&) const;
template void Detrend::operator()(double*, Index, Buffer&) const;

}  // namespace levin::kernels
