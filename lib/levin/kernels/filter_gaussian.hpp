/// How a Gaussian filter goes over a block. Private to filter_gaussian.cpp.
///
/// The passes are fused, so that what lies between two of them stays in the cache and the stored samples are converted
/// as they are read. A *row* is a run of contiguous elements: the axes behind the last filtered one, with that one too
/// where they are few. The *stream* axis is the last filtered one before the rows. A *slice* is all rows of one index
/// of the stream axis; the passes along the axes before it are done within the slice, and a ring keeps as many slices
/// as a batch of windows along the stream axis holds. Rows are cut into tiles so that the ring fits the second cache.
#pragma once
#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "levin/kernels/filter_kernel.hpp"

namespace levin::kernels::detail {

struct GaussianPass {
    std::size_t axis;
    Index radius;
    std::vector<double> weights;  // from the middle outwards
};

/// scipy.ndimage's _gaussian_kernel1d, order 0, its middle and right half.
inline std::vector<double> gaussian_weights(double sigma, Index radius) {
    std::vector<double> weights;
    double sum = 0;
    for (Index k = 0; k <= radius; ++k) {
        const auto x = static_cast<double>(k);
        weights.push_back(std::exp(-0.5 / (sigma * sigma) * x * x));
        sum += k == 0 ? weights.back() : 2 * weights.back();
    }
    for (double& w : weights) w /= sum;
    return weights;
}

/// How the passes go over a block of one shape, and where in the scratch things are.
struct GaussianPlan {
    GaussianPlan(const std::vector<GaussianPass>& passes, const Dims& shape, std::size_t element)
        : in(shape), out(shape) {
        for (const GaussianPass& pass : passes) out[pass.axis] -= 2 * pass.radius;
        std::size_t left = passes.size();
        row_axis = passes.back().axis + 1;
        if (const Index behind = product_from(shape, row_axis); behind < few) {
            row_pass = &passes[--left];
            row_axis = row_pass->axis;
            step = behind;
            halo = row_pass->radius * step;
        }
        if (left > 0) stream = &passes[--left];
        within = {passes.data(), left};
        for (const GaussianPass& pass : within) slice.push_back(shape[pass.axis]);
        Index rows = 1;  // of a slice after its passes
        for (const GaussianPass& pass : within) rows *= out[pass.axis];
        row_out = product_from(out, row_axis);
        slots = stream ? 2 * stream->radius + batch : 1;
        const Index columns = slots * rows + (within.empty() ? 0 : 2 * product(slice)) + 1;
        const Index least = std::max(few, 8 * halo);
        const Index most = std::max(least, cached / static_cast<Index>(element) / columns - 2 * halo);
        width = std::min(row_out, ceil_div(ceil_div(row_out, ceil_div(row_out, most)), few) * few);
        slot = rows * (width + 2 * halo);
        Index longest = slots;
        for (const Index n : slice) longest = std::max(longest, n);
        if (row_pass) longest = std::max(longest, 2 * row_pass->radius + 1);
        pointers = aligned_bytes(longest, sizeof(void*));
        ring = aligned_bytes(slots * slot, element);
        work = within.empty() ? 0 : aligned_bytes(product(slice) * (width + 2 * halo), element);
        row = aligned_bytes(batch * (width + 2 * halo), element);
    }
    std::size_t bytes() const { return pointers + ring + 2 * work + row; }
    static Index product_from(const Dims& dims, std::size_t axis) {
        Index result = 1;
        for (; axis < dims.size(); ++axis) result *= dims[axis];
        return result;
    }

    static constexpr Index batch = 8;           // indices of the stream axis whose pass is made at a time
    static constexpr Index few = 64;            // elements
    static constexpr Index cached = 768 << 10;  // bytes of a tile's ring and slices
    Dims in, out;
    const GaussianPass *row_pass = nullptr, *stream = nullptr;
    std::span<const GaussianPass> within;  // passes within a slice
    Dims slice;                            // extents of a slice along their axes
    std::size_t row_axis;                  // a row is this axis and all behind it
    Index step = 1, halo = 0;    // elements from one sample of the row pass to the next; before and after a row
    Index slots;                 // of the ring
    Index row_out, width, slot;  // elements of a row of the output, of a tile's part of it, of a slot of the ring
    std::size_t pointers, ring, work, row;  // bytes
};

}  // namespace levin::kernels::detail
