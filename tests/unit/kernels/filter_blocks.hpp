/// A plain engine for filters: cuts an array into blocks, pads each as its border mode says, filters it.
#pragma once
#include <algorithm>
#include <cmath>
#include <random>

#include "levin/core/region.hpp"
#include "levin/kernels/filter.hpp"

namespace levin::test {

/// Random values: small integers (with ties), or normal floats, a share of which is NaN.
inline OwnedArray random_array(DType dtype, const Dims& shape, unsigned seed, double nan_share = 0) {
    OwnedArray array(dtype, shape);
    std::mt19937 generator(seed);
    visit_dtype(dtype, [&]<class T>() {
        for (Index i = 0; i < array.view.count(); ++i) {
            const double uniform = generator() / 4294967296.0;
            T& value = array.view.as<T>()[i];
            if constexpr (std::is_same_v<T, bool>) value = uniform < 0.5;
            else if constexpr (std::is_integral_v<T>)
                value = static_cast<T>(std::is_signed_v<T> ? uniform * 200 - 100 : uniform * 200);
            else if constexpr (std::is_floating_point_v<T> || std::is_same_v<T, Float16>)
                value =
                    static_cast<T>(static_cast<float>(uniform < nan_share ? NAN : 100 + 50 * std::sin(1000 * uniform)));
        }
    });
    return array;
}

/// The block `region` of `array` with its halo, continued beyond the edges.
inline OwnedArray padded_block(const ConstView& array, const Region& region, const kernels::Halo& halo,
                               const Border& border) {
    Dims shape = region.shape;
    for (std::size_t i = 0; i < shape.size(); ++i) shape[i] += halo.before[i] + halo.after[i];
    OwnedArray block(array.dtype, shape);
    OwnedArray constant(DType::float64, {1}), value(array.dtype, {1});
    *constant.view.as<double>() = border.value;
    if (border.mode == BorderMode::constant) convert(constant.view, value.view);
    const std::size_t bytes = size_of(array.dtype);
    std::byte* to = block.view.data;
    for_each_index(Region::whole(shape), [&](const Dims& at) {
        const std::byte* from = array.data;
        for (std::size_t i = 0; i < at.size() && from; ++i) {
            const Index index = border_index(region.origin[i] + at[i] - halo.before[i], array.shape[i], border.mode);
            from = index < 0 ? nullptr : from + index * array.strides[i];
        }
        std::copy_n(from ? from : value.view.data, bytes, to);
        to += bytes;
    });
    return block;
}

/// Filters `array` in blocks of at most `block`.
inline OwnedArray filter_in_blocks(const ConstView& stored, const kernels::FilterOptions& options, const Dims& block,
                                   DType out_dtype) {
    const kernels::Filter filter(options, stored.dtype, stored.rank());
    OwnedArray array(filter.input_dtype(), stored.shape), out(out_dtype, stored.shape);
    convert(stored, array.view);
    Buffer scratch;
    const Grid grid(stored.shape, block);
    for (Index i = 0; i < grid.size(); ++i) {
        const Region region = grid.region(i);
        kernels::Halo outside = filter.halo();
        for (std::size_t axis = 0; axis < block.size(); ++axis) {
            outside.before[axis] = std::max<Index>(0, outside.before[axis] - region.origin[axis]);
            outside.after[axis] = std::max<Index>(0, outside.after[axis] - (stored.shape[axis] - region.end(axis)));
        }
        const OwnedArray padded = padded_block(array.view, region, filter.halo(), options.border);
        filter(padded.view, out.view.sub(region), outside, scratch);
    }
    return out;
}

inline OwnedArray filter_whole(const ConstView& stored, const kernels::FilterOptions& options) {
    return filter_in_blocks(stored, options, stored.shape, kernels::filter_output_dtype(options.kind, stored.dtype));
}

}  // namespace levin::test
