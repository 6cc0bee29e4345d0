// Gaussian filter: a weighted mean along one axis after the other; filter_gaussian.hpp says how they go together.
//
// Missing samples (NaN): the values with 0 in their place and the weights with 0 in their place go through the same
// passes and are divided by one another, but only where the window's weight differs from that of a whole window. So the
// bits of a result do not depend on a NaN elsewhere in its block. A NaN as border constant makes the outside missing in
// this sense.
#include "levin/kernels/filter_gaussian.hpp"

#include "levin/core/error.hpp"
#include "levin/kernels/sample.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/filter_gaussian.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// After foreach_target.h, so that it is read for every target.
#include "levin/kernels/filter_gaussian_rows.hpp"

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {
namespace {

/// One run of all passes over a block.
template <class T>
class GaussianRun {
  public:
    GaussianRun(const GaussianPlan& plan, const RowSource<T>& source, const std::byte* in, const Halo& outside,
                std::span<const T> beyond, Take what, T* out, std::byte* scratch)
        : plan_(plan), source_(source), outside_(outside), beyond_(beyond), what_(what), in_(in), out_(out) {
        rows_ = reinterpret_cast<const T**>(scratch);
        ring_ = reinterpret_cast<T*>(scratch += plan.pointers);
        a_ = reinterpret_cast<T*>(scratch += plan.ring);
        b_ = reinterpret_cast<T*>(scratch += plan.work);
        row_ = reinterpret_cast<T*>(scratch + plan.work);
        rows_in_ = {0}, rows_out_ = {0}, outer_in_ = {0}, outer_out_ = {0};
        for (std::size_t axis = 0; axis < plan.row_axis; ++axis) {
            const bool is_within = std::any_of(plan.within.begin(), plan.within.end(),
                                               [&](const GaussianPass& pass) { return pass.axis == axis; });
            if (is_within) {
                rows_in_ = steps_along(rows_in_, plan.in, axis);
                rows_out_ = steps_along(rows_out_, plan.out, axis);
            } else if (!plan.stream || axis != plan.stream->axis) {
                outer_in_ = steps_along(outer_in_, plan.in, axis);
                outer_out_ = steps_along(outer_out_, plan.out, axis);
            }
        }
        stream_in_ = plan.stream ? GaussianPlan::product_from(plan.in, plan.stream->axis + 1) : 0;
        stream_out_ = plan.stream ? GaussianPlan::product_from(plan.out, plan.stream->axis + 1) : 0;
    }

    /// True when a sample was NaN.
    bool operator()() {
        for (std::size_t i = 0; i < outer_in_.size(); ++i)
            for (Index column = 0; column < plan_.row_out; column += plan_.width)
                run_tile(outer_in_[i], outer_out_[i], column);
        return missing_;
    }

  private:
    /// Every offset with every index along `axis` behind it: C order.
    static std::vector<Index> steps_along(const std::vector<Index>& offsets, const Dims& shape, std::size_t axis) {
        const Index stride = GaussianPlan::product_from(shape, axis + 1);
        std::vector<Index> result;
        for (const Index offset : offsets)
            for (Index i = 0; i < shape[axis]; ++i) result.push_back(offset + i * stride);
        return result;
    }

    void run_tile(Index in, Index out, Index column) {
        const Index width = std::min(plan_.width, plan_.row_out - column);
        const Index n = plan_.stream ? plan_.in[plan_.stream->axis] : 1;
        const Index support = plan_.stream ? 2 * plan_.stream->radius : 0;
        width_ = width + 2 * plan_.halo;
        Halo outside = outside_of_tile(column, width);
        for (Index j = 0, done = 0; j < n; ++j) {
            if (plan_.stream) {
                const std::size_t axis = plan_.stream->axis;
                outside.before[plan_.slice.size()] = j < outside_.before[axis] || j >= n - outside_.after[axis];
            }
            make_slice(in + j * stream_in_ + column, outside, ring_ + j % plan_.slots * plan_.slot);
            const Index ready = j + 1 - support;
            if (ready < done + GaussianPlan::batch && j + 1 < n) continue;
            for (std::size_t r = 0; r < rows_out_.size(); ++r)
                finish_rows(done, ready - done, static_cast<Index>(r) * width_, outside, width,
                            out_ + out + done * stream_out_ + rows_out_[r] + column);
            done = ready;
        }
    }

    /// What lies outside the array of a slice seen as (axes of its passes, stream axis, row).
    Halo outside_of_tile(Index column, Index width) const {
        const std::size_t rank = plan_.slice.size() + 2;
        Halo result{Dims(rank, 0), Dims(rank, 0)};
        for (std::size_t i = 0; i < plan_.within.size(); ++i) {
            result.before[i] = outside_.before[plan_.within[i].axis];
            result.after[i] = outside_.after[plan_.within[i].axis];
        }
        if (plan_.row_pass) {
            const std::size_t axis = plan_.row_pass->axis;
            result.before.back() = std::clamp<Index>(outside_.before[axis] * plan_.step - column, 0, width_);
            result.after.back() =
                std::clamp<Index>(outside_.after[axis] * plan_.step - (plan_.row_out - column - width), 0, width_);
        }
        return result;
    }

    /// From the sample `in` on.
    void make_slice(Index in, const Halo& outside, T* slot) {
        T* from = plan_.within.empty() ? slot : a_;
        for (std::size_t r = 0; r < rows_in_.size(); ++r)
            missing_ |= source_.take(in_ + (in + rows_in_[r]) * source_.size, width_, what_, stream_in_,
                                     from + static_cast<Index>(r) * width_);
        Dims shape = plan_.slice;
        shape.push_back(1), shape.push_back(width_);
        for (std::size_t i = 0; i < plan_.within.size(); ++i) {
            const GaussianPass& pass = plan_.within[i];
            T* to = i + 1 == plan_.within.size() ? slot : from == a_ ? b_ : a_;
            const AxisShape s = along(shape, i);
            const Index lines = s.n - 2 * pass.radius;
            for (Index o = 0; o < s.outer; ++o) {
                for (Index k = 0; k < s.n; ++k) rows_[k] = from + (o * s.n + k) * s.inner;
                run_pass<T>(pass, {rows_, lines, s.inner, to + o * lines * s.inner, s.inner});
            }
            shape[i] -= 2 * pass.radius;
            for (std::size_t axis = i + 1; axis < shape.size() && !beyond_.empty(); ++axis)
                fill_outside(to, shape, axis, outside, beyond_[i]);
            from = to;
        }
    }

    /// The passes along the stream axis and the row, of the row at `offset` in the slices from `first` on.
    void finish_rows(Index first, Index lines, Index offset, const Halo& outside, Index width, T* out) {
        T* row = ring_ + offset;
        if (plan_.stream) {
            row = plan_.row_pass ? row_ : out;
            for (Index k = 0; k < lines + 2 * plan_.stream->radius; ++k)
                rows_[k] = ring_ + (first + k) % plan_.slots * plan_.slot + offset;
            run_pass<T>(*plan_.stream, {rows_, lines, width_, row, plan_.row_pass ? width_ : stream_out_});
            if (plan_.row_pass && !beyond_.empty())
                fill_outside(row, {lines, width_}, 1, {{0, outside.before.back()}, {0, outside.after.back()}},
                             beyond_[plan_.within.size()]);
        }
        if (!plan_.row_pass) return;
        const GaussianPass& pass = *plan_.row_pass;
        for (Index line = 0; line < lines; ++line, row += width_, out += stream_out_) {
            for (Index k = 0; k <= 2 * pass.radius; ++k) rows_[k] = row + k * plan_.step;
            run_pass<T>(pass, {rows_, 1, width, out, 0});
        }
    }

    const GaussianPlan& plan_;
    const RowSource<T>& source_;
    const Halo& outside_;
    std::span<const T> beyond_;
    Take what_;
    const std::byte* in_;
    T* out_;
    const T** rows_;
    T *ring_, *a_, *b_, *row_;
    std::vector<Index> rows_in_, rows_out_, outer_in_,
        outer_out_;  // offsets of a slice's rows; of what passes run over
    Index stream_in_, stream_out_, width_ = 0;
    bool missing_ = false;
};

template <class T>
class GaussianFilter : public FilterKernel {
  public:
    GaussianFilter(const RowSource<T>& source, const FilterOptions& options, const Halo& window)
        : source_(source), window_(window), nan_propagate_(options.nan_propagate) {
        std::vector<T> weight{1};
        for (std::size_t axis = 0; axis < window.before.size(); ++axis) {
            if (extent(window, axis) == 1) continue;
            const Index radius = window.before[axis];
            passes_.push_back({axis, radius, gaussian_weights(options.sigma[axis], radius)});
            // What the pass makes of a window that holds `weight` everywhere.
            const std::vector<const T*> rows(static_cast<std::size_t>(2 * radius + 1), &weight.back());
            T next;
            run_pass<T>(passes_.back(), {rows.data(), 1, 1, &next, 0});
            weight.push_back(next);
        }
        whole_ = weight.back();
        if (options.border.mode != BorderMode::constant) return;
        const bool missing = std::isnan(options.border.value) && !nan_propagate_;
        values_.assign(passes_.size(), missing ? T{0} : static_cast<T>(options.border.value));
        if (missing) weights_.assign(passes_.size(), T{0});
        else weights_.assign(weight.begin() + 1, weight.end());
    }

    std::size_t scratch_bytes(const Dims& shape) const override {
        const std::size_t weights = skips_nan() ? aligned_bytes(product(inner_shape(shape, window_)), sizeof(T)) : 0;
        return GaussianPlan(passes_, shape, sizeof(T)).bytes() + weights;
    }

    void apply(const std::byte* in, const Dims& shape, const Halo& outside, std::byte* out_bytes,
               std::byte* scratch) const override {
        auto* out = reinterpret_cast<T*>(out_bytes);
        const GaussianPlan plan(passes_, shape, sizeof(T));
        const Take what = skips_nan() ? Take::without_nan : Take::as_is;
        const bool missing = GaussianRun<T>(plan, source_, in, outside, values_, what, out, scratch)();
        if (!missing || !skips_nan()) return;
        auto* weight = reinterpret_cast<T*>(scratch + plan.bytes());
        GaussianRun<T>(plan, source_, in, outside, weights_, Take::weights, weight, scratch)();
        const Index count = product(plan.out);
        for (Index i = 0; i < count; ++i)
            out[i] = weight[i] == whole_ ? out[i] : out[i] / weight[i];  // 0 / 0: none left
    }

  private:
    bool skips_nan() const { return source_.may_be_nan && !nan_propagate_; }

    RowSource<T> source_;
    Halo window_;
    bool nan_propagate_;
    std::vector<GaussianPass> passes_;
    std::vector<T> values_,
        weights_;  // what stands beyond the array after each pass; empty unless the border is constant
    T whole_;      // the weight of a window without NaN
};

FilterKernelPtr make_gaussian_here(DType type, const FilterOptions& options, const Halo& window) {
    if (is_complex(type) || sample_dtype(type) != type)
        throw Error("gaussian filter: type " + std::string(name_of(type)) + " has no kernel of its own");
    return visit_sample_dtype(type, [&]<class In>() -> FilterKernelPtr {
        using T = Computed<In>;
        return std::make_shared<GaussianFilter<T>>(RowSource<T>::template of<In>(), options, window);
    });
}

}  // namespace
}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::detail {

FilterKernelPtr make_gaussian(DType type, const FilterOptions& options, const Halo& window) {
    HWY_EXPORT(make_gaussian_here);
    return HWY_DYNAMIC_DISPATCH(make_gaussian_here)(type, options, window);
}

}  // namespace levin::kernels::detail
#endif
