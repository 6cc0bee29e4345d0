#include "levin/kernels/pyramid.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "levin/core/view.hpp"

namespace levin::kernels {
namespace {

constexpr Index tile = 512;  // blocks whose sums stay in the first cache

template <class T>
constexpr bool is_float = std::is_floating_point_v<T> || std::is_same_v<T, Float16>;

__extension__ using Wide = __int128;

/// What so many samples of T add up in without loss.
template <class T>
struct SumOf {
    using Short = std::conditional_t<std::is_signed_v<T>, std::int32_t, std::uint32_t>;
    using type = std::conditional_t<
        is_float<T>, double,
        std::conditional_t<sizeof(T) <= 2, Short, std::conditional_t<sizeof(T) == 4, std::int64_t, Wide>>>;
};

template <class T>
T load(const std::byte* row, Index i) {
    T value;
    std::memcpy(&value, row + i * static_cast<Index>(sizeof value), sizeof value);
    return value;
}

template <class Sum, class T>
Sum as(T value) {
    if constexpr (std::is_same_v<T, Float16>) return static_cast<Sum>(static_cast<float>(value));
    else return static_cast<Sum>(value);
}

template <class T>
bool is_data(T value) {
    if constexpr (std::is_same_v<T, Float16>) return is_data(static_cast<float>(value));
    else if constexpr (is_float<T>) return value == value;
    else return true;
}

/// The quotient rounded to the nearest integer, ties to even.
template <class Sum>
Sum rounded_quotient(Sum sum, Sum count) {
    Sum quotient = sum / count, rest = sum % count;
    if (rest < 0) rest += count, --quotient;
    const Sum twice = 2 * rest;
    return quotient + (twice > count || (twice == count && (quotient & 1) != 0) ? 1 : 0);
}

/// The same for all sums of a tile. Where the count is a power of two, as of most pyramids, by shifting: adding half of
/// it, less one where the quotient is even, carries over where rounding goes up.
template <class T, class Sum>
void round_sums(const Sum* sums, Index count, Index samples, T* out) {
    if (samples > 1 && std::has_single_bit(static_cast<std::uint64_t>(samples))) {
        const int shift = std::countr_zero(static_cast<std::uint64_t>(samples));
        const Sum below_half = static_cast<Sum>(samples / 2 - 1);
        for (Index j = 0; j < count; ++j)
            out[j] = static_cast<T>(static_cast<Sum>(sums[j] + below_half + ((sums[j] >> shift) & 1)) >> shift);
        return;
    }
    for (Index j = 0; j < count; ++j) out[j] = static_cast<T>(rounded_quotient(sums[j], static_cast<Sum>(samples)));
}

/// Adds to sums[j] the samples of block j of a row. Pairs of short integers are read as one word, whose halves add up
/// in either order: loads that follow one another are what the compiler makes vectors of.
template <class T, class Sum>
void add_row(const std::byte* row, Index count, Index factor, Sum* sums) {
    if constexpr (sizeof(T) <= 2 && !is_float<T>) {
        if (factor == 2) {
            using Word = std::conditional_t<sizeof(T) == 1, std::uint16_t, std::uint32_t>;
            for (Index j = 0; j < count; ++j) {
                const Word word = load<Word>(row, j);
                sums[j] +=
                    static_cast<Sum>(static_cast<T>(word)) + static_cast<Sum>(static_cast<T>(word >> (8 * sizeof(T))));
            }
            return;
        }
    }
    if (factor == 2) {
        for (Index j = 0; j < count; ++j)
            sums[j] = sums[j] + as<Sum>(load<T>(row, 2 * j)) + as<Sum>(load<T>(row, 2 * j + 1));
        return;
    }
    for (Index j = 0; j < count; ++j)
        for (Index i = 0; i < factor; ++i) sums[j] += as<Sum>(load<T>(row, j * factor + i));
}

/// As add_row for floating point, whose samples count only where there are data.
template <class T>
void add_data(const std::byte* row, Index count, Index factor, double* sums, double* samples) {
    for (Index j = 0; j < count; ++j)
        for (Index i = 0; i < factor; ++i)
            if (const double value = as<double>(load<T>(row, j * factor + i)); value == value)
                sums[j] += value, samples[j] += 1;
}

/// The rows that meet, from a sample on, of which `count` blocks of `factor` samples each are looked at.
struct Blocks {
    std::span<const std::byte* const> rows;
    Index begin, count, factor;

    std::size_t size() const { return rows.size() * static_cast<std::size_t>(factor); }
    template <class T>
    const std::byte* row(std::size_t r) const {
        return rows[r] + begin * static_cast<Index>(sizeof(T));
    }
};

template <class T>
void mean_of_data(const Blocks& blocks, double* means) {
    const Index count = blocks.count;
    std::array<double, tile> samples{};
    std::fill_n(means, count, 0.0);
    for (std::size_t r = 0; r < blocks.rows.size(); ++r)
        add_data<T>(blocks.row<T>(r), count, blocks.factor, means, samples.data());
    for (Index j = 0; j < count; ++j) {
        const double number = samples[static_cast<std::size_t>(j)];
        means[j] = number > 0 ? means[j] / number : std::numeric_limits<double>::quiet_NaN();
    }
}

/// `Sum` holds the sum of a block, and half as many again as it has samples.
template <class T, class Sum>
void mean_of_integers(const Blocks& blocks, T* out) {
    std::array<Sum, tile> sums{};
    for (std::size_t r = 0; r < blocks.rows.size(); ++r)
        add_row<T>(blocks.row<T>(r), blocks.count, blocks.factor, sums.data());
    round_sums(sums.data(), blocks.count, static_cast<Index>(blocks.size()), out);
}

template <class T>
void mean(const Blocks& blocks, T* out) {
    const Index count = blocks.count;
    if constexpr (is_float<T>) {
        std::array<double, tile> sums{};
        for (std::size_t r = 0; r < blocks.rows.size(); ++r)
            add_row<T>(blocks.row<T>(r), count, blocks.factor, sums.data());
        const auto samples = static_cast<double>(blocks.size());
        bool complete = true;  // a sum is NaN where a sample is
        for (Index j = 0; j < count; ++j) {
            double& sum = sums[static_cast<std::size_t>(j)];
            complete &= sum == sum;
            sum /= samples;
        }
        if (!complete) mean_of_data<T>(blocks, sums.data());
        if constexpr (std::is_same_v<T, Float16>)
            convert(contiguous(sums.data(), DType::float64, {count}), contiguous(out, dtype_of<T>(), {count}));
        else
            for (Index j = 0; j < count; ++j) out[j] = static_cast<T>(sums[static_cast<std::size_t>(j)]);
    } else {
        using Byte = std::conditional_t<std::is_signed_v<T>, std::int16_t, std::uint16_t>;
        if (sizeof(T) == 1 && blocks.size() <= 128) mean_of_integers<T, Byte>(blocks, out);
        else mean_of_integers<T, typename SumOf<T>::type>(blocks, out);
    }
}

template <class T>
bool less(T a, T b) {
    if constexpr (std::is_same_v<T, Float16>) return static_cast<float>(a) < static_cast<float>(b);
    else return a < b;
}

/// The most frequent value of a block, the smallest of several.
template <class T>
T mode_of(T* values, std::size_t count) {
    std::sort(values, values + count, less<T>);
    std::size_t best = 0, most = 0;
    for (std::size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && values[end] == values[begin];) ++end;
        if (end - begin > most) most = end - begin, best = begin;
    }
    return values[best];
}

template <class T>
T mode_of_block(const Blocks& blocks, Index j) {
    std::array<T, max_block> values;
    std::size_t found = 0;
    for (std::size_t r = 0; r < blocks.rows.size(); ++r)
        for (Index i = j * blocks.factor; i < (j + 1) * blocks.factor; ++i)
            if (const T value = load<T>(blocks.row<T>(r), i); is_data(value)) values[found++] = value;
    return found == 0 ? load<T>(blocks.row<T>(0), j * blocks.factor) : mode_of(values.data(), found);
}

/// Most blocks lie inside an object, or outside of all: those are found without a look at each.
template <class T>
void mode(const Blocks& blocks, T* out) {
    std::array<std::uint8_t, tile> differs{};
    for (Index j = 0; j < blocks.count; ++j) out[j] = load<T>(blocks.row<T>(0), j * blocks.factor);
    for (std::size_t r = 0; r < blocks.rows.size(); ++r)
        for (Index i = 0; i < blocks.factor; ++i)
            for (Index j = 0; j < blocks.count; ++j)
                differs[static_cast<std::size_t>(j)] |=
                    load<T>(blocks.row<T>(r), j * blocks.factor + i) == out[j] ? 0 : 1;
    for (Index j = 0; j < blocks.count; ++j)
        if (differs[static_cast<std::size_t>(j)]) out[j] = mode_of_block<T>(blocks, j);
}

template <class T>
void nearest(const Blocks& blocks, T* out) {
    for (Index j = 0; j < blocks.count; ++j) out[j] = load<T>(blocks.row<T>(0), j * blocks.factor);
}

template <class T>
void downsample(Downsample method, const Blocks& blocks, T* out) {
    if constexpr (requires { typename T::value_type; }) {
        nearest(blocks, out);  // complex
    } else if constexpr (std::is_same_v<T, bool>) {
        if (method == Downsample::mode) mode(blocks, out);
        else nearest(blocks, out);
    } else {
        if (method == Downsample::mean) mean(blocks, out);
        else if (method == Downsample::mode) mode(blocks, out);
        else nearest(blocks, out);
    }
}

}  // namespace

bool can_downsample(Downsample method, DType dtype) {
    if (method == Downsample::nearest) return true;
    return !is_complex(dtype) && (method == Downsample::mode || dtype != DType::boolean);
}

void downsample_rows(Downsample method, DType dtype, std::span<const std::byte* const> rows, Index length, Index factor,
                     std::byte* out) {
    visit_dtype(dtype, [&]<class T>() {
        T* to = reinterpret_cast<T*>(out);
        const Index whole = length / factor, rest = length % factor;
        for (Index first = 0; first < whole; first += tile)
            downsample(method, Blocks{rows, first * factor, std::min(tile, whole - first), factor}, to + first);
        if (rest > 0) downsample(method, Blocks{rows, whole * factor, 1, rest}, to + whole);
    });
}

}  // namespace levin::kernels
