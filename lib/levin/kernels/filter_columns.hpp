/// Median filter of large windows by histograms of columns, at a cost that does not grow with the window's width (S.
/// Perreault, P. Hebert, IEEE Transactions on Image Processing 16 (2007) 2389). A *column* holds the window's samples
/// with one index along the last axis. From one window to the next a column enters and another one leaves; from one
/// line of windows to the next every column gains and loses a line of samples.
///
/// A histogram is a tree of nodes with 16 or 32 counts each, one digit of the value at every level. Counts are
/// cumulative within a node: they still add up from column to window, and a digit of the median is the number of counts
/// that are not above its rank, one comparison of vectors. The window's nodes are brought up to date when they are
/// looked at: those off the median's path cost nothing. Read once for each instruction set, as Highway's own headers
/// are.
#if defined(LEVIN_FILTER_COLUMNS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef LEVIN_FILTER_COLUMNS_HPP
#undef LEVIN_FILTER_COLUMNS_HPP
#else
#define LEVIN_FILTER_COLUMNS_HPP
#endif
#include <hwy/highway.h>

#include <algorithm>

#include "levin/kernels/filter_kernel.hpp"

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Of values of `levels` digits of `bits` bits each. `Count` is signed, which vector units compare best, and bounds the
/// window's samples.
template <int bits, int levels>
class ColumnHistograms {
  public:
    using Count = std::int16_t;
    static constexpr Index values = Index{1} << (bits * levels);
    static constexpr Index most_samples = std::numeric_limits<Count>::max();

    /// Bytes of the nodes of one column of `count` values.
    static Index column_bytes(Index count) { return size_of_column(count) * static_cast<Index>(sizeof(Count)); }
    static std::size_t scratch_bytes(Index columns, Index count) {
        const Index size = size_of_column(count);
        return aligned_bytes(digits * digits, sizeof(Count)) + aligned_bytes((columns + 1) * size, sizeof(Count)) +
               aligned_bytes(size / digits, sizeof(Index));
    }

    /// Of values below `count`; `width`: columns in a window. The columns are empty.
    ColumnHistograms(Index columns, Index width, Index count, std::byte* scratch)
        : width_(width), size_(size_of_column(count)) {
        steps_ = reinterpret_cast<Count*>(scratch);
        window_ = reinterpret_cast<Count*>(scratch += aligned_bytes(digits * digits, sizeof(Count)));
        columns_ = window_ + size_;
        fresh_ = reinterpret_cast<Index*>(scratch + aligned_bytes((columns + 1) * size_, sizeof(Count)));
        for (Index digit = 0; digit < digits; ++digit)
            for (Index i = 0; i < digits; ++i) steps_[digit * digits + i] = i >= digit;
        std::fill_n(columns_, columns * size_, Count{0});
    }

    void add(Index column, Index value) { change<true>(columns_ + column * size_, value); }
    void remove(Index column, Index value) { change<false>(columns_ + column * size_, value); }
    /// To be called after columns have changed, before median().
    void begin_line() { std::fill_n(fresh_, size_ / digits, never); }

    /// The value of rank `rank` among those of the window that begins with column `first`. Columns only go up in a
    /// line.
    Index select(Index first, Index rank) {
        const hn::CappedTag<Count, digits> d;
        Index node = 0, level_begin = 0, path = 0;
        for (int level = 0;; ++level) {
            Count* counts = window_ + node * digits;
            refresh(node, first);
            const auto above = hn::Set(d, static_cast<Count>(rank + 1));
            Index digit = 0;
            for (Index i = 0; i < digits; i += static_cast<Index>(hn::Lanes(d)))
                digit += static_cast<Index>(hn::CountTrue(d, hn::Lt(hn::Load(d, counts + i), above)));
            path = path * digits + digit;
            if (level == levels - 1) return path;
            if (digit > 0) rank -= counts[digit - 1];
            level_begin = level_begin * digits + 1;
            node = level_begin + path;
        }
    }

  private:
    static constexpr Index digits = Index{1} << bits, never = -1;

    /// Nodes lie level by level, in the order of their values: of the last level only the first are needed.
    static Index size_of_column(Index count) {
        const Index before_last = (values / digits - 1) / (digits - 1);
        return (before_last + ceil_div(count, digits)) * digits;
    }

    template <bool enters>
    static void accumulate(Count* to, const Count* from) {
        const hn::CappedTag<Count, digits> d;
        for (Index i = 0; i < digits; i += static_cast<Index>(hn::Lanes(d))) {
            const auto sum = hn::Load(d, to + i), x = hn::Load(d, from + i);
            hn::Store(enters ? hn::Add(sum, x) : hn::Sub(sum, x), d, to + i);
        }
    }

    template <bool enters>
    void change(Count* histogram, Index value) {
        Index level_begin = 0;
        for (int level = 0; level < levels; ++level) {
            const Index rest = value >> (bits * (levels - 1 - level));
            accumulate<enters>(histogram + (level_begin + rest / digits) * digits, steps_ + rest % digits * digits);
            level_begin = level_begin * digits + 1;
        }
    }

    /// Makes a node that of the window that begins with column `first`: from the window that it belonged to, or anew.
    void refresh(Index node, Index first) {
        Count* counts = window_ + node * digits;
        const Count* column = columns_ + node * digits;
        const Index before = fresh_[node];
        fresh_[node] = first;
        if (before == never || 2 * (first - before) > width_) {
            std::fill_n(counts, digits, Count{0});
            for (Index c = first; c < first + width_; ++c) accumulate<true>(counts, column + c * size_);
            return;
        }
        for (Index c = before; c < first; ++c) {
            accumulate<true>(counts, column + (c + width_) * size_);
            accumulate<false>(counts, column + c * size_);
        }
    }

    Index width_, size_;                 // columns in a window; counts of a column
    Count *steps_, *window_, *columns_;  // what a value adds to a node; nodes of the window; of each column
    Index* fresh_;                       // per node: the first column of the window that it belongs to
};

/// The element of rank n//2 of every window, of integers of 8 or 16 bits. Those of 16 bits are numbered in the block,
/// in their order; where they are too many different ones, `otherwise` does the work.
template <class T>
class ColumnMedian : public FilterKernel {
    using Small = ColumnHistograms<4, 2>;
    using Middling = ColumnHistograms<5, 2>;
    using Large = ColumnHistograms<4, 3>;

  public:
    /// Whether there are lines of windows to go down along contiguous memory.
    static bool serves(const Halo& window) {
        const std::size_t last = window.before.size() - 1;
        const Dims shape = window_shape(window);
        return shape[last] > 1 && product(shape) > shape[last] && product(shape) <= Small::most_samples;
    }

    ColumnMedian(const Halo& window, FilterKernelPtr otherwise)
        : window_(window), window_shape_(window_shape(window)), otherwise_(std::move(otherwise)) {
        for (std::size_t axis = 0; axis + 1 < window_shape_.size(); ++axis)
            if (window_shape_[axis] > 1) down_ = axis;
    }

    std::size_t scratch_bytes(const Dims& shape) const override {
        if constexpr (sizeof(T) == 1) return tree_bytes<Small>(shape);
        return std::max(table_bytes() + std::max(tree_bytes<Middling>(shape), tree_bytes<Large>(shape)),
                        otherwise_->scratch_bytes(shape));
    }

    void apply(const std::byte* in_bytes, const Dims& shape, const Halo& outside, std::byte* out_bytes,
               std::byte* scratch) const override {
        const auto* in = reinterpret_cast<const T*>(in_bytes);
        auto* out = reinterpret_cast<T*>(out_bytes);
        const auto index_of = [](T x) { return static_cast<Index>(x) - lowest; };
        if constexpr (sizeof(T) == 1) {
            run<Small>(in, shape, out, scratch, all_values, index_of,
                       [](Index i) { return static_cast<T>(i + lowest); });
        } else {
            auto* numbers = reinterpret_cast<std::uint16_t*>(scratch);
            T* values = reinterpret_cast<T*>(numbers + all_values);
            std::fill_n(numbers, all_values, std::uint16_t{0});
            for (const T *x = in, *end = in + product(shape); x < end; ++x) numbers[index_of(*x)] = 1;
            Index count = 0;
            for (Index i = 0; i < all_values; ++i) {
                if (numbers[i] == 0) continue;
                if (count == Large::values) return otherwise_->apply(in_bytes, shape, outside, out_bytes, scratch);
                values[count] = static_cast<T>(i + lowest);
                numbers[i] = static_cast<std::uint16_t>(count++);
            }
            const auto number_of = [&](T x) { return Index{numbers[index_of(x)]}; };
            const auto value_of = [&](Index i) { return values[i]; };
            const auto run_with = [&]<class Histograms>(Histograms*) {
                run<Histograms>(in, shape, out, scratch + table_bytes(), count, number_of, value_of);
            };
            if (count <= Small::values) run_with(static_cast<Small*>(nullptr));
            else if (count <= Middling::values) run_with(static_cast<Middling*>(nullptr));
            else run_with(static_cast<Large*>(nullptr));
        }
    }

  private:
    static constexpr Index lowest = std::numeric_limits<T>::min(), all_values = Index{1} << (8 * sizeof(T));
    static constexpr Index cached = 512 << 10, fewest = 64;  // bytes; windows

    static std::size_t table_bytes() {
        return sizeof(T) == 1 ? 0 : aligned_bytes(all_values + Large::values, sizeof(T));
    }

    /// Windows that are worked on side by side: their columns should fit the second cache, but not be many more.
    template <class Histograms>
    Index windows_of(const Dims& shape, Index count) const {
        const Index all = shape.back() - window_shape_.back() + 1;
        const Index fit = cached / Histograms::column_bytes(count) - window_shape_.back();
        return std::min(all, std::max(fewest, fit));
    }
    /// Enough for any number of values.
    template <class Histograms>
    std::size_t tree_bytes(const Dims& shape) const {
        const Index count = Histograms::values, most = cached / Histograms::column_bytes(count);
        return Histograms::scratch_bytes(std::min(shape.back(), std::max(fewest + window_shape_.back(), most)), count);
    }

    /// Every offset with those of the first `extent` indices of `axis` behind it, in C order.
    static Dims with_axis(const Dims& offsets, Index extent, Index stride) {
        Dims result;
        for (const Index offset : offsets)
            for (Index i = 0; i < extent; ++i) result.push_back(offset + i * stride);
        return result;
    }

    template <class Histograms, class NumberOf, class ValueOf>
    void run(const T* in, const Dims& shape, T* out, std::byte* scratch, Index count_of_values, NumberOf number_of,
             ValueOf value_of) const {
        const Dims inner = inner_shape(shape, window_);
        Dims places_in{0}, places_out{0}, depth{0};  // of stacks of lines; of the rows of one line in the window
        Index stride_in = shape.back(), stride_out = inner.back(), down_in = 0, down_out = 0;
        std::vector<Index> strides_in(shape.size()), strides_out(shape.size());
        for (std::size_t axis = shape.size() - 1; axis-- > 0; stride_in *= shape[axis], stride_out *= inner[axis])
            strides_in[axis] = stride_in, strides_out[axis] = stride_out;
        for (std::size_t axis = 0; axis + 1 < shape.size(); ++axis) {
            if (axis == down_) {
                down_in = strides_in[axis], down_out = strides_out[axis];
                continue;
            }
            places_in = with_axis(places_in, inner[axis], strides_in[axis]);
            places_out = with_axis(places_out, inner[axis], strides_out[axis]);
            depth = with_axis(depth, window_shape_[axis], strides_in[axis]);
        }
        const Index windows = windows_of<Histograms>(shape, count_of_values), wide = window_shape_.back(),
                    high = window_shape_[down_];
        const Index rank = product(window_shape_) / 2;
        for (std::size_t place = 0; place < places_in.size(); ++place) {
            for (Index first = 0; first < inner.back(); first += windows) {
                const Index count = std::min(windows, inner.back() - first), columns = count + wide - 1;
                Histograms histograms(columns, wide, count_of_values, scratch);
                const T* from = in + places_in[place] + first;
                T* to = out + places_out[place] + first;
                const auto each = [&](const T* line, auto change) {
                    for (const Index offset : depth)
                        for (Index c = 0; c < columns; ++c) change(c, number_of(line[offset + c]));
                };
                const auto enter = [&](Index c, Index number) { histograms.add(c, number); };
                const auto leave = [&](Index c, Index number) { histograms.remove(c, number); };
                for (Index y = 0; y < high - 1; ++y) each(from + y * down_in, enter);
                for (Index y = 0; y < inner[down_]; ++y, from += down_in, to += down_out) {
                    each(from + (high - 1) * down_in, enter);
                    histograms.begin_line();
                    for (Index c = 0; c < count; ++c) to[c] = value_of(histograms.select(c, rank));
                    each(from, leave);
                }
            }
        }
    }

    Halo window_;
    Dims window_shape_;
    FilterKernelPtr otherwise_;
    std::size_t down_ = 0;  // the last filtered axis but the last axis
};

}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // read for this instruction set
