// Median filter: the element of rank n//2 of every window. Three ways, which agree exactly:
//   small windows      a selection network on many windows side by side. Where the window moves along contiguous
//                      memory, its columns (all samples with one index along that axis) are sorted once and shared by
//                      all windows that hold them, and so are pairs of neighbouring columns where windows are wide.
//   8 and 16 bits      histograms of columns, see filter_columns.hpp; where there are none, or too many values for
//                      them, a histogram that runs along the window's last axis (Huang, Yang, Tang 1979) with a coarse
//                      one over it
//   else               selection window by window
// The networks know no NaN: windows that hold one are selected again on their own.
#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "levin/core/error.hpp"
#include "levin/kernels/filter_kernel.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/filter_median.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// After foreach_target.h, so that it is read for every target.
#include "levin/kernels/filter_columns.hpp"
#include "levin/kernels/filter_network_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {
namespace {

/// Measured: from here on histograms of columns, one histogram that runs, or selection is faster.
constexpr Index largest_network_before_columns = 81;
template <class T>
constexpr Index largest_network = sizeof(T) <= 2 ? 128 : 512;

template <class T>
class MedianFilter : public FilterKernel {
  public:
    MedianFilter(const Halo& window, bool nan_propagate)
        : window_(window), nan_propagate_(nan_propagate), samples_(product(window_shape(window))) {}

    void apply(const std::byte* in_bytes, const Dims& shape, const Halo&, std::byte* out_bytes,
               std::byte* scratch) const override {
        const auto* in = reinterpret_cast<const T*>(in_bytes);
        auto* out = reinterpret_cast<T*>(out_bytes);
        const WindowRuns runs(shape, window_);
        const std::vector<Index> offsets = window_offsets(window_, runs);
        const std::optional<bool> nan = filter(in, runs, offsets, out, scratch);
        if constexpr (std::is_floating_point_v<T>)
            if (nan ? *nan : any_nan(in, product(shape)))
                select_around_nan(in, runs, offsets, out, reinterpret_cast<T*>(scratch));
    }

  protected:
    /// Must be right for every window without NaN. Returns whether there is any, where it has looked.
    virtual std::optional<bool> filter(const T* in, const WindowRuns& runs, const std::vector<Index>& offsets, T* out,
                                       std::byte* scratch) const = 0;

    /// The median of the first `count` elements, which it reorders.
    static T select(T* samples, Index count) {
        std::nth_element(samples, samples + count / 2, samples + count);
        return samples[count / 2];
    }

    std::size_t select_bytes() const { return aligned_bytes(samples_, sizeof(T)); }

    Halo window_;
    bool nan_propagate_;
    Index samples_;  // in a window

  private:
    void select_around_nan(const T* in, const WindowRuns& runs, const std::vector<Index>& offsets, T* out,
                           T* samples) const {
        runs.for_each([&](Index from, Index to) {
            for (Index i = 0; i < runs.length(); ++i) {
                T* end = samples;
                for (const Index offset : offsets) {
                    *end = in[from + i + offset];
                    end += *end == *end;
                }
                if (end - samples == samples_) continue;
                const bool none = nan_propagate_ || end == samples;
                out[to + i] = none ? std::numeric_limits<T>::quiet_NaN() : select(samples, end - samples);
            }
        });
    }
};

template <class T>
class NetworkMedian : public MedianFilter<T> {
  public:
    NetworkMedian(const Halo& window, bool nan_propagate)
        : MedianFilter<T>(window, nan_propagate),
          shifts_(extent(window, window.before.size() - 1)),
          height_(this->samples_ / shifts_),
          paired_(shifts_ >= 4 ? shifts_ / 2 * 2 : 0),
          columns_({static_cast<std::size_t>(height_)}, false, all_ranks(height_)),
          pairs_(std::vector(paired_ > 0 ? 2 : 0, static_cast<std::size_t>(height_)), true,
                 all_ranks(paired_ > 0 ? 2 * height_ : 0)),
          window_network_(lists(), true, {static_cast<std::size_t>(this->samples_ / 2)}) {
        const Index rows = slots();
        // The rows of a tile should fit the first cache.
        constexpr Index bytes = 24576, least = 64, most = 512;
        lanes_ = std::clamp<Index>(bytes / std::max<Index>(rows, 1) / static_cast<Index>(sizeof(T)),
                                   least / static_cast<Index>(sizeof(T)), most);
        // Whole cache lines, so that no store is split.
        lanes_ = lanes_ / line * line;
        pitch_ = (lanes_ + shifts_ - 1 + line - 1) / line * line;
    }

    std::size_t scratch_bytes(const Dims&) const override {
        return std::max(storage_bytes() + pointer_bytes(), this->select_bytes());
    }

  protected:
    std::optional<bool> filter(const T* in, const WindowRuns& runs, const std::vector<Index>& offsets, T* out,
                               std::byte* scratch) const override {
        auto* storage = reinterpret_cast<T*>(scratch);
        if (height_ == 3 && shifts_ == 3) return filter_nine(in, runs, offsets, out, storage);  // by far the most used
        T* pair_storage = storage + static_cast<Index>(columns_.slots()) * pitch_;
        T* window_storage = pair_storage + static_cast<Index>(pairs_.slots()) * pitch_;
        auto** column = reinterpret_cast<const T**>(scratch + storage_bytes());
        const T **sorted = column + height_, **pair = sorted + 2 * height_, **input = pair + 2 * height_;
        // offsets are in C order: the samples of a column are `shifts_` apart, and the first column comes first.
        runs.for_each([&](Index from, Index to) {
            for (Index first = 0; first < runs.length(); first += lanes_) {
                const Index lanes = std::min(lanes_, runs.length() - first);
                for (Index i = 0; i < height_; ++i)
                    column[i] = in + from + first + offsets[static_cast<std::size_t>(i * shifts_)];
                run_network(columns_, column, storage, pitch_, lanes + shifts_ - 1, sorted);
                const T** list = input;
                if (paired_ > 0) {
                    for (Index i = 0; i < height_; ++i) sorted[height_ + i] = sorted[i] + 1;
                    run_network(pairs_, sorted, pair_storage, pitch_, lanes + paired_ - 2, pair);
                    for (Index shift = 0; shift < paired_; shift += 2)
                        for (Index i = 0; i < 2 * height_; ++i) *list++ = pair[i] + shift;
                }
                for (Index shift = paired_; shift < shifts_; ++shift)
                    for (Index i = 0; i < height_; ++i) *list++ = sorted[i] + shift;
                const T* median;
                run_network(window_network_, input, window_storage, pitch_, lanes, &median);
                std::copy_n(median, lanes, out + to + first);
            }
        });
        return std::nullopt;
    }

  private:
    /// Looks for NaN while a row is at hand: another pass over all samples would cost as much as a tenth of the filter.
    bool filter_nine(const T* in, const WindowRuns& runs, const std::vector<Index>& offsets, T* out, T* low) const {
        T *mid = low + pitch_, *high = mid + pitch_;
        bool nan = false;
        Index next = -1;  // a run that begins here shares all rows but the last with the run before
        runs.for_each([&](Index from, Index to) {
            const bool follows = from == next;
            next = from + offsets[3] - offsets[0];
            for (Index first = 0; first < runs.length(); first += lanes_) {
                const Index lanes = std::min(lanes_, runs.length() - first);
                const T* rows[3];
                for (std::size_t i = 0; i < 3; ++i) {
                    rows[i] = in + from + first + offsets[3 * i];
                    if (std::is_floating_point_v<T> && (i == 2 || !follows)) nan |= any_nan(rows[i], lanes + 2);
                }
                sort_three(rows[0], rows[1], rows[2], low, mid, high, lanes + 2);
                // The next run's new row: without this the filter waits for it, a fifth of its time for float32.
                for (Index i = 0; i < lanes; i += line) hwy::Prefetch(rows[2] + offsets[3] - offsets[0] + i);
                middle_of_nine(low, mid, high, out + to + first, lanes);
            }
        });
        return nan;
    }

    static std::vector<std::size_t> all_ranks(Index n) {
        std::vector<std::size_t> ranks;
        for (Index i = 0; i < n; ++i) ranks.push_back(static_cast<std::size_t>(i));
        return ranks;
    }
    /// What a window is made of: pairs of columns, then columns.
    std::vector<std::size_t> lists() const {
        std::vector<std::size_t> lengths(static_cast<std::size_t>(paired_ / 2), static_cast<std::size_t>(2 * height_));
        lengths.resize(lengths.size() + static_cast<std::size_t>(shifts_ - paired_), static_cast<std::size_t>(height_));
        return lengths;
    }
    Index slots() const { return static_cast<Index>(columns_.slots() + pairs_.slots() + window_network_.slots()); }
    std::size_t storage_bytes() const { return aligned_bytes(slots() * pitch_, sizeof(T)); }
    std::size_t pointer_bytes() const { return aligned_bytes(5 * height_ + this->samples_, sizeof(const T*)); }

    static constexpr Index line = 64 / static_cast<Index>(sizeof(T));  // of the cache
    Index shifts_, height_;  // samples of the window along the array's last axis, and in each column
    Index paired_;           // columns that come in pairs; measured: pairs pay from four columns on
    SelectionNetwork columns_, pairs_, window_network_;
    Index lanes_, pitch_;
};

template <class T>
class HistogramMedian : public MedianFilter<T> {
  public:
    using MedianFilter<T>::MedianFilter;
    std::size_t scratch_bytes(const Dims&) const override { return (fine_bins + coarse_bins) * sizeof(std::uint32_t); }

  protected:
    std::optional<bool> filter(const T* in, const WindowRuns& runs, const std::vector<Index>& offsets, T* out,
                               std::byte* scratch) const override {
        auto* fine = reinterpret_cast<std::uint32_t*>(scratch);
        std::uint32_t* coarse = fine + fine_bins;
        std::fill_n(fine, fine_bins + coarse_bins, 0u);
        const auto size = static_cast<std::size_t>(extent(this->window_, runs.last()));
        const auto add = [&](const T* at, std::size_t first, std::size_t step, std::uint32_t sign) {
            for (std::size_t k = first; k < offsets.size(); k += step) {
                const auto bin = static_cast<std::size_t>(at[offsets[k]] - lowest);
                fine[bin] += sign;
                coarse[bin / coarse_bins] += sign;
            }
        };
        constexpr std::uint32_t enter = 1, leave = ~std::uint32_t{0};
        const auto rank = static_cast<std::uint32_t>(this->samples_ / 2);
        runs.for_each([&](Index from, Index to) {
            for (Index lane = 0; lane < runs.unit(); ++lane) {
                const T* at = in + from + lane;
                add(at, 0, 1, enter);
                for (Index i = lane; i < runs.length(); i += runs.unit()) {
                    out[to + i] = find(fine, coarse, rank);
                    if (i + runs.unit() >= runs.length()) break;
                    add(at, 0, size, leave);
                    at += runs.unit();
                    add(at, size - 1, size, enter);
                }
                add(at, 0, 1, leave);
            }
        });
        return std::nullopt;
    }

  private:
    static constexpr int lowest = std::numeric_limits<T>::min();
    static constexpr std::size_t fine_bins = std::size_t{1} << (8 * sizeof(T)),
                                 coarse_bins = std::size_t{1} << (4 * sizeof(T));

    static T find(const std::uint32_t* fine, const std::uint32_t* coarse, std::uint32_t rank) {
        std::size_t bin = 0;
        for (; coarse[bin] <= rank; ++bin) rank -= coarse[bin];
        for (bin *= coarse_bins; fine[bin] <= rank; ++bin) rank -= fine[bin];
        return static_cast<T>(static_cast<int>(bin) + lowest);
    }
};

template <class T>
class SelectingMedian : public MedianFilter<T> {
  public:
    using MedianFilter<T>::MedianFilter;
    std::size_t scratch_bytes(const Dims&) const override { return this->select_bytes(); }

  protected:
    std::optional<bool> filter(const T* in, const WindowRuns& runs, const std::vector<Index>& offsets, T* out,
                               std::byte* scratch) const override {
        auto* samples = reinterpret_cast<T*>(scratch);
        runs.for_each([&](Index from, Index to) {
            for (Index i = 0; i < runs.length(); ++i) {
                std::transform(offsets.begin(), offsets.end(), samples, [&](Index offset) {
                    const T x = in[from + i + offset];
                    return x == x ? x : T{0};  // select_around_nan has the last word on such windows
                });
                out[to + i] = this->select(samples, this->samples_);
            }
        });
        return std::nullopt;
    }
};

FilterKernelPtr make_median_here(DType type, const Halo& window, bool nan_propagate) {
    const Index samples = product(window_shape(window));
    return visit_dtype(type, [&]<class T>() -> FilterKernelPtr {
        if constexpr (std::is_same_v<T, bool> || !std::is_arithmetic_v<T>) {
            throw Error("median filter: type " + std::string(name_of(type)) + " has no kernel of its own");
        } else {
            using Network = NetworkMedian<T>;
            if constexpr (sizeof(T) <= 2) {
                const bool columns = ColumnMedian<T>::serves(window) && samples > largest_network_before_columns;
                if (!columns && samples <= largest_network<T>) return std::make_shared<Network>(window, nan_propagate);
                auto running = std::make_shared<HistogramMedian<T>>(window, nan_propagate);
                if (!columns) return running;
                return std::make_shared<ColumnMedian<T>>(window, std::move(running));
            }
            if (samples <= largest_network<T>) return std::make_shared<Network>(window, nan_propagate);
            return std::make_shared<SelectingMedian<T>>(window, nan_propagate);
        }
    });
}

}  // namespace
}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::detail {

FilterKernelPtr make_median(DType type, const Halo& window, bool nan_propagate) {
    HWY_EXPORT(make_median_here);
    return HWY_DYNAMIC_DISPATCH(make_median_here)(type, window, nan_propagate);
}

}  // namespace levin::kernels::detail
#endif
