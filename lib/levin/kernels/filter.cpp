#include "levin/kernels/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "levin/core/error.hpp"
#include "levin/kernels/filter_kernel.hpp"

namespace levin::kernels {
namespace {

constexpr std::array<std::string_view, 7> names{"median", "gaussian", "uniform", "min", "max", "laplace", "sobel"};

bool keeps_dtype(FilterKind kind) {
    return kind == FilterKind::median || kind == FilterKind::min || kind == FilterKind::max;
}

void require_real(FilterKind kind, DType stored) {
    if (is_complex(stored))
        throw UsageError(
            fmt::format("filter {} of {} is not defined: it needs real numbers", name_of(kind), name_of(stored)));
}

void require_rank(FilterKind kind, std::string_view what, std::size_t found, std::size_t rank) {
    if (found != rank)
        throw UsageError(
            fmt::format("filter {}: {} has {} entries, but the array has {} axes", name_of(kind), what, found, rank));
}

/// Weights and the like are made for a whole window before any block is known, so a window has a limit of its own.
constexpr Index largest_window = 1000000;

Index gaussian_radius(double sigma, double truncate) {
    const double most = static_cast<double>(largest_window / 2) / truncate;
    if (!(sigma >= 0 && sigma <= most))
        throw UsageError(fmt::format("filter gaussian: sigma {} is out of range; expected 0 to {:g}", sigma, most));
    return static_cast<Index>(truncate * sigma + 0.5);
}

Index checked_size(FilterKind kind, Index size) {
    const bool derivative = kind == FilterKind::laplace || kind == FilterKind::sobel;
    if (size < 0 || size > largest_window || (derivative && size > 1 && size != 3))
        throw UsageError(
            fmt::format("filter {}: size {} is out of range; expected {}", name_of(kind), size,
                        derivative ? "3, or 1 to leave an axis alone" : fmt::format("0 to {}", largest_window)));
    return std::max<Index>(size, 1);
}

/// An integer array can only be continued by an integer that its type holds.
bool constant_fits(const Border& border, DType stored) {
    if (border.mode != BorderMode::constant) return true;
    const double value = border.value;
    bool fits = true;
    visit_dtype(stored, [&]<class T>() {
        if constexpr (std::is_integral_v<T>) {
            // max + 1 is a power of two, which float64 holds where max of 64 bits does not fit.
            const double end = 2.0 * (static_cast<double>(std::numeric_limits<T>::max() / 2) + 1);
            const double low = static_cast<double>(std::numeric_limits<T>::min());
            fits = value >= low && value < (std::is_same_v<T, bool> ? 2.0 : end) && value == std::floor(value);
        }
    });
    return fits;
}

void require_constant_fits(const FilterOptions& options, DType stored) {
    if (keeps_dtype(options.kind) && !constant_fits(options.border, stored))
        throw UsageError(fmt::format("filter {}: the border constant {} does not fit the array's type {}",
                                     name_of(options.kind), options.border.value, name_of(stored)));
}

detail::FilterKernelPtr make_kernel(const FilterOptions& options, DType type, const Halo& window) {
    switch (options.kind) {
        case FilterKind::median:
            return detail::make_median(type, window, options.nan_propagate);
        case FilterKind::min:
        case FilterKind::max:
            return detail::make_extremum(type, window, options.kind == FilterKind::max, options.nan_propagate);
        case FilterKind::laplace:
        case FilterKind::sobel:
            return detail::make_derivative(type, options, window);
        case FilterKind::gaussian:
            return detail::make_gaussian(type, options, window);
        case FilterKind::uniform:
            break;
    }
    return detail::make_uniform(type, options, window);
}

}  // namespace

std::string_view name_of(FilterKind kind) { return names[static_cast<std::size_t>(kind)]; }

FilterKind parse_filter_kind(std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        throw UsageError(
            fmt::format("no filter is called '{}'; there are median gaussian uniform min max laplace sobel", name));
    return static_cast<FilterKind>(found - names.begin());
}

Halo filter_halo(const FilterOptions& options, std::size_t rank) {
    Halo halo{Dims(rank, 0), Dims(rank, 0)};
    const FilterKind kind = options.kind;
    if (kind == FilterKind::gaussian) {
        if (!options.size.empty()) throw UsageError("filter gaussian takes a sigma, not a size");
        require_rank(kind, "sigma", options.sigma.size(), rank);
        for (std::size_t i = 0; i < rank; ++i)
            halo.before[i] = halo.after[i] = gaussian_radius(options.sigma[i], options.truncate);
        return halo;
    }
    if (!options.sigma.empty()) throw UsageError(fmt::format("filter {} takes a size, not a sigma", name_of(kind)));
    require_rank(kind, "size", options.size.size(), rank);
    for (std::size_t i = 0; i < rank; ++i) {
        const Index size = checked_size(kind, options.size[i]);
        halo.before[i] = size / 2;
        halo.after[i] = size - 1 - size / 2;
    }
    const bool any = std::any_of(halo.before.begin(), halo.before.end(), [](Index n) { return n > 0; });
    if (!any && (kind == FilterKind::laplace || kind == FilterKind::sobel))
        throw UsageError(fmt::format("filter {} needs at least one axis of size 3", name_of(kind)));
    if (options.sobel_axis &&
        (kind != FilterKind::sobel || *options.sobel_axis >= rank || halo.before[*options.sobel_axis] == 0))
        throw UsageError("filter: the axis of the derivative belongs to sobel and must be one of its axes of size 3");
    return halo;
}

DType filter_input_dtype(const FilterOptions& options, DType stored) {
    require_real(options.kind, stored);
    const bool converts = options.kind == FilterKind::gaussian && is_integer(stored) && size_of(stored) <= 2;
    const bool as_stored = keeps_dtype(options.kind) || (converts && constant_fits(options.border, stored));
    return as_stored ? stored : compute_dtype(stored);
}

DType filter_output_dtype(FilterKind kind, DType stored) {
    require_real(kind, stored);
    return keeps_dtype(kind) ? stored : DType::float32;
}

Filter::Filter(const FilterOptions& options, DType stored, std::size_t rank)
    : input_(filter_input_dtype(options, stored)),
      working_(input_ == DType::float16 ? DType::float32 : input_),
      result_(keeps_dtype(options.kind) ? working_ : compute_dtype(working_)),
      halo_(filter_halo(options, rank)) {
    require_constant_fits(options, stored);
    const auto filtered = [&](std::size_t axis) { return detail::extent(halo_, axis) > 1; };
    for (std::size_t i = 0; i < rank && !kernel_; ++i)
        if (filtered(i)) kernel_ = make_kernel(options, working_ == DType::boolean ? DType::uint8 : working_, halo_);
}

std::size_t Filter::scratch_bytes(const Dims& padded_shape) const {
    if (!kernel_) return 0;
    const Index inner = product(detail::inner_shape(padded_shape, halo_));
    return kernel_->scratch_bytes(padded_shape) + detail::aligned_bytes(inner, size_of(result_)) +
           (working_ == input_ ? 0 : detail::aligned_bytes(product(padded_shape), size_of(working_)));
}

void Filter::operator()(const ConstView& padded, const View& out, const Halo& outside, Buffer& scratch,
                        OutOfRange policy) const {
    if (out.count() == 0) return;
    if (!kernel_) return convert(padded, out, policy);
    scratch.reserve(scratch_bytes(padded.shape));
    std::byte* const result = scratch.data();
    std::byte* const input = result + detail::aligned_bytes(out.count(), size_of(result_));
    std::byte* rest = input;
    ConstView in = padded;
    if (working_ != input_) {
        const View widened = contiguous(static_cast<void*>(input), working_, padded.shape);
        rest += detail::aligned_bytes(padded.count(), size_of(working_));
        convert(padded, widened);
        in = widened;
    }
    const bool direct = out.dtype == result_ && out.is_contiguous();
    kernel_->apply(in.data, in.shape, outside, direct ? out.data : result, rest);
    if (!direct) convert(contiguous(static_cast<const void*>(result), result_, out.shape), out, policy);
}

}  // namespace levin::kernels
