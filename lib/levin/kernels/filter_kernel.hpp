/// What the filters have in common, for their implementation only.
#pragma once
#include <cstdint>
#include <memory>
#include <type_traits>

#include "levin/kernels/filter.hpp"

namespace levin::kernels::detail {

/// One kind of filter on one type. Immutable.
class FilterKernel {
  public:
    virtual ~FilterKernel() = default;
    virtual std::size_t scratch_bytes(const Dims& padded_shape) const = 0;
    /// `in` and `out` are contiguous and of the same type, but that gaussian makes float32 of small integers. `scratch`
    /// is aligned to 64 bytes.
    virtual void apply(const std::byte* in, const Dims& padded_shape, const Halo& outside, std::byte* out,
                       std::byte* scratch) const = 0;
};
using FilterKernelPtr = std::shared_ptr<const FilterKernel>;

// The kernels are compiled once for each vector instruction set, and made for the one that the processor has.

/// The window is the halo with the element in its midst. Types: any but bool, float16 and complex.
FilterKernelPtr make_median(DType type, const Halo& window, bool nan_propagate);
FilterKernelPtr make_extremum(DType type, const Halo& window, bool maximum, bool nan_propagate);
/// Types: integers of up to 16 bits, float32 and float64.
FilterKernelPtr make_gaussian(DType type, const FilterOptions& options, const Halo& window);
/// Types: float32 and float64.
FilterKernelPtr make_uniform(DType type, const FilterOptions& options, const Halo& window);
FilterKernelPtr make_derivative(DType type, const FilterOptions& options, const Halo& window);

/// A block seen along one axis: `outer` times `n` rows of `inner` contiguous elements.
struct AxisShape {
    Index outer = 1, n = 1, inner = 1;
};
inline AxisShape along(const Dims& shape, std::size_t axis) {
    AxisShape result{1, shape[axis], 1};
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (i != axis) (i < axis ? result.outer : result.inner) *= shape[i];
    return result;
}

inline Index extent(const Halo& window, std::size_t axis) { return window.before[axis] + 1 + window.after[axis]; }

inline Dims window_shape(const Halo& window) {
    Dims shape;
    for (std::size_t axis = 0; axis < window.before.size(); ++axis) shape.push_back(extent(window, axis));
    return shape;
}

inline Dims inner_shape(Dims padded, const Halo& window) {
    for (std::size_t i = 0; i < padded.size(); ++i) padded[i] -= window.before[i] + window.after[i];
    return padded;
}

/// Bytes for `count` elements, rounded up so that what follows stays aligned.
inline std::size_t aligned_bytes(Index count, std::size_t element_size) {
    return (byte_count({count}, element_size) + 63) / 64 * 64;
}

template <class T>
bool any_nan(const T* x, Index count) {
    // As wide as the samples, which makes it one vector instruction for several.
    std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t> found = 0;
    for (Index i = 0; i < count; ++i) found |= x[i] != x[i];
    return found != 0;
}

/// The output of a window filter as runs of elements that are contiguous in both the padded block and the output: along
/// the last filtered axis and the unfiltered ones behind it, of which `unit` elements make one step along that axis.
class WindowRuns {
  public:
    WindowRuns(const Dims& padded_shape, const Halo& window)
        : out_(inner_shape(padded_shape, window)), strides_(padded_shape.size()) {
        Index stride = 1;
        for (std::size_t i = padded_shape.size(); i-- > 0; stride *= padded_shape[i]) {
            strides_[i] = stride;
            corner_ += window.before[i] * stride;
            if (last_ == none && extent(window, i) > 1) last_ = i;
        }
        unit_ = strides_[last_];
        length_ = out_[last_] * unit_;
    }
    Index unit() const { return unit_; }
    Index length() const { return length_; }
    /// The last filtered axis.
    std::size_t last() const { return last_; }
    /// Elements from one index to the next along `axis` of the padded block.
    Index stride(std::size_t axis) const { return strides_[axis]; }
    /// visit(in, out): offsets, in elements, of a run's first element, that of `in` pointing at the middle of its
    /// window.
    template <class Visit>
    void for_each(Visit visit) const {
        Index out = 0;
        for_each_from(0, corner_, out, visit);
    }

  private:
    template <class Visit>
    void for_each_from(std::size_t axis, Index in, Index& out, Visit& visit) const {
        if (axis == last_) {
            visit(in, out);
            out += length_;
            return;
        }
        for (Index i = 0; i < out_[axis]; ++i, in += strides_[axis]) for_each_from(axis + 1, in, out, visit);
    }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    Dims out_, strides_;
    std::size_t last_ = none;
    Index corner_ = 0, unit_ = 1, length_ = 0;
};

/// Offsets in elements, relative to the middle, of the window's samples in C order.
inline std::vector<Index> window_offsets(const Halo& window, const WindowRuns& runs) {
    std::vector<Index> result{0};
    for (std::size_t axis = 0; axis < window.before.size(); ++axis) {
        std::vector<Index> next;
        for (const Index base : result)
            for (Index d = -window.before[axis]; d <= window.after[axis]; ++d)
                next.push_back(base + d * runs.stride(axis));
        result = std::move(next);
    }
    return result;
}

}  // namespace levin::kernels::detail
