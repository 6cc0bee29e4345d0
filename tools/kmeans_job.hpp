/// What kmeans in one piece and kmeans in parts share: the request, the series as the kernel wants them, the outputs.
#pragma once
#include <fmt/format.h>

#include <numeric>

#include "levin/engine/reduce.hpp"
#include "levin/engine/series.hpp"
#include "levin/kernels/kmeans.hpp"
#include "levin/kernels/sample.hpp"

namespace levin::tool {

struct Options {
    engine::InputOptions input;
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
    kernels::KMeansOptions kmeans;
    std::string init = "kmeans++", predict, csv;
    std::optional<int> wait;
};

/// The engine's blocks as the kernel wants them.
template <class T>
class Blocks final : public kernels::SeriesBlocks<T> {
  public:
    Blocks(engine::Execution& execution, engine::SeriesBlocks& series)
        : execution_(execution), series_(series), numbers_(static_cast<std::size_t>(execution.threads())) {}
    Index samples() const override { return series_.samples(); }
    Index pixels() const override { return series_.pixels(); }
    int threads() const override { return execution_.threads(); }
    void for_each(const std::function<void(const kernels::SeriesBlock<T>&)>& visit) const override {
        series_.for_each([&](const ConstView& block, Index first, Index, int thread) {
            std::vector<Index>& numbers = numbers_[static_cast<std::size_t>(thread)];
            numbers.resize(static_cast<std::size_t>(block.shape[1]));
            std::iota(numbers.begin(), numbers.end(), first);
            visit({block.as<T>(), block.shape[1], block.strides[0] / static_cast<Index>(sizeof(T)), numbers.data(),
                   thread});
        });
    }
    void read(std::span<const Index> numbers, T* out) const override {
        const OwnedArray series = series_.gather(numbers);
        const auto count = static_cast<Index>(numbers.size());
        copy(permuted(ConstView(series.view), {1, 0}), contiguous(out, dtype_of<T>(), {samples(), count}));
    }

  private:
    engine::Execution& execution_;
    engine::SeriesBlocks& series_;
    mutable std::vector<std::vector<Index>> numbers_;  // one per thread
};

/// A request that has been understood.
struct Job {
    const Options& options;
    engine::Execution& execution;
    const ArraySource& input;
    std::string axis;               ///< of series
    kernels::KMeansOptions kmeans;  ///< with the number of clusters, and where they begin
    std::vector<double> centroids;  ///< of --init or --predict
    ArrayInfo pixels;               ///< the input without that axis

    Index samples() const { return input.info().shape[require_axis(input.info().axes, axis)]; }
    bool predicts() const { return !options.predict.empty(); }
    /// The kernel reads some types as they are; others are converted to what they are computed in.
    DType read_as() const;
    /// Takes memory for labels and distances of so many pixels and for the kernel out of the budget.
    void set_aside(Index held, std::size_t more = 0) const;
};

/// Calls visit.operator()<T>() for the type in which the kernel reads the series.
template <class Visit>
auto visit_read_as(const Job& job, Visit&& visit) {
    return kernels::visit_one_of<std::uint8_t, std::uint16_t, std::int16_t, float, double>(job.read_as(), visit);
}

/// Checks what can be checked before anything is made.
Job understand(const Options& options, engine::Execution& execution, const ArraySource& input);

struct Outputs {
    engine::OutputGroup group;
    engine::Output *centroids, *distance, *labels;
    Outputs(const Job& job);
    std::vector<engine::Output*> all() const { return {labels, centroids, distance}; }
};

/// Writes, publishes and tells a result; labels and distances as the outputs have them.
void publish(const Job& job, Outputs& outputs, const kernels::KMeansResult& fit, const ConstView& labels,
             const ConstView& distance);

/// The table of centroids, where a run was stopped between the store and it.
void complete_table(const Job& job);

/// TransientError when there is nothing at the output that --merge could go on with.
void require_begun(const std::string& output);
/// --part: this part's share of the round that is on. --merge: ends the round; TransientError when another one comes.
void run_part(const Job& job, const Outputs& outputs);
void run_merge(const Job& job, Outputs& outputs);

}  // namespace levin::tool
