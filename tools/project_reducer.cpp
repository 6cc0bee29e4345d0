#include "project_reducer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "levin/kernels/select.hpp"

namespace levin::project {
namespace {

using engine::Partials;
using kernels::Statistic;

std::vector<Statistic> streaming_of(std::span<const Statistic> statistics) {
    std::vector<Statistic> streaming;
    std::copy_if(statistics.begin(), statistics.end(), std::back_inserter(streaming),
                 [](const Statistic& s) { return !is_selection(s); });
    return streaming;
}

std::vector<double> ranks_of(std::span<const Statistic> statistics) {
    std::vector<double> q;
    for (const Statistic& s : statistics)
        if (is_selection(s)) q.push_back(s.kind == kernels::StatisticKind::median ? 50 : s.q);
    return q;
}

/// Writes the statistics in their order: those that stream from `accumulator`, the others from the rows of
/// `percentiles`.
void finish(std::span<const Statistic> statistics, const kernels::Accumulator& accumulator,
            const ConstView& percentiles, std::span<const View> out) {
    Index next = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (!is_selection(statistics[i])) {
            accumulator.finish(statistics[i], out[i]);
            continue;
        }
        View row = out[i];
        row.shape = {1, out[i].shape[0]}, row.strides = {0, out[i].strides[0]};
        copy(percentiles.sub({{next++, 0}, row.shape}), row);
    }
}

/// What becomes of the samples that percentiles need together.
enum class Selecting { at_once, in_passes, later };

/// The statistics of some pixels, from their samples. `partial`: finish() gives what a Folder goes on with, with
/// Selecting::later the samples themselves.
class Reducer final : public engine::Reducer {
  public:
    Reducer(const Request& request, Index pixels, Selecting selecting, bool partial)
        : request_(request),
          partial_(partial),
          selecting_(selecting),
          streaming_(streaming_of(request.statistics)),
          ranks_(ranks_of(request.statistics)),
          accumulator_(streaming_, request.dtype, pixels, request.ddof, request.block, request.samples),
          percentiles_(compute_dtype(request.dtype), {static_cast<Index>(ranks_.size()), pixels}),
          pixels_(pixels) {
        if (!ranks_.empty() && selecting == Selecting::in_passes) passes_.emplace(request.dtype, pixels, ranks_);
        if (selecting == Selecting::later) kept_ = OwnedArray(request.dtype, {request.samples, pixels});
    }
    void add(const ConstView& block) override {
        if (passes_) passes_->add(block);
        else if (selecting_ == Selecting::later) keep(block);
        else if (!ranks_.empty()) kernels::percentiles(block, ranks_, percentiles_.view, scratch_);
        if (pass_ == 0 && !streaming_.empty()) accumulator_.add(block);
        seen_ = true;
    }
    void end_pass() override {
        if (!seen_) add(ConstView(nullptr, request_.dtype, {0, pixels_}, {0, 0}));  // an axis of length 0
        if (passes_) passes_->end_pass();
        ++pass_;
    }
    void finish(std::span<const View> out) override {
        if (passes_) passes_->finish(percentiles_.view);
        kernels::Accumulator& accumulated = accumulator_.result();
        if (!partial_) return project::finish(request_.statistics, accumulated, percentiles_.view, out);
        std::size_t next = 0;
        for (const auto& quantity : accumulated.quantities())
            std::memcpy(out[next++].data, quantity.data, byte_count({pixels_}, size_of(quantity.dtype)));
        if (selecting_ == Selecting::later)
            return void(
                std::memcpy(out[next].data, kept_.view.data, byte_count({filled_, pixels_}, size_of(request_.dtype))));
        for (Index row = 0; next < out.size(); ++row, ++next)
            std::memcpy(out[next].data, percentiles_.view.data + row * percentiles_.view.strides[0],
                        byte_count({pixels_}, size_of(percentiles_.view.dtype)));
    }

  private:
    void keep(const ConstView& block) {
        copy(block, kept_.view.sub({{filled_, 0}, block.shape}));
        filled_ += block.shape[0];
    }

    const Request request_;
    bool partial_;
    Selecting selecting_;
    std::vector<Statistic> streaming_;
    std::vector<double> ranks_;
    kernels::BlockAccumulator accumulator_;
    OwnedArray percentiles_, kept_;
    Index filled_ = 0;  ///< samples in kept_
    std::optional<kernels::PassPercentiles> passes_;
    Buffer scratch_;
    Index pixels_;
    bool seen_ = false;
    Index pass_ = 0;
};

/// Appends what the parts have accumulated, block after block. `samples`: of a pixel, that the parts have left for
/// percentiles; 0 where they have left percentiles.
class Folder final : public engine::Folder {
  public:
    Folder(const Request& request, Index pixels, Index samples)
        : statistics_(request.statistics),
          block_(streaming_of(statistics_), request.dtype, pixels, request.ddof),
          total_(streaming_of(statistics_), request.dtype, pixels, request.ddof),
          percentiles_(compute_dtype(request.dtype), {static_cast<Index>(ranks_of(statistics_).size()), pixels}) {
        if (samples > 0) kept_ = OwnedArray(request.dtype, {samples, pixels});
    }
    void append(std::span<const ConstView> quantities) override {
        std::size_t next = 0;
        for (const auto& quantity : block_.quantities()) {
            const ConstView& from = quantities[next++];
            std::memcpy(quantity.data, from.data, byte_count(from.shape, size_of(quantity.dtype)));
        }
        total_.append(block_);
        if (kept_) {
            copy(quantities[next], kept_->view.sub({{filled_, 0}, quantities[next].shape}));
            filled_ += quantities[next].shape[0];
            return;
        }
        for (Index row = 0; next < quantities.size(); ++row, ++next)  // these come in one block
            std::memcpy(percentiles_.view.data + row * percentiles_.view.strides[0], quantities[next].data,
                        byte_count(quantities[next].shape, size_of(percentiles_.view.dtype)));
    }
    void finish(std::span<const View> out) override {
        Buffer scratch;
        if (kept_) kernels::percentiles(kept_->view, ranks_of(statistics_), percentiles_.view, scratch);
        project::finish(statistics_, total_, percentiles_.view, out);
    }

  private:
    const std::vector<Statistic> statistics_;
    kernels::Accumulator block_, total_;
    OwnedArray percentiles_;
    std::optional<OwnedArray> kept_;
    Index filled_ = 0;  ///< samples in kept_
};

std::string names_of(std::span<const Statistic> statistics) {
    std::vector<std::string> names;
    for (const Statistic& s : statistics) names.push_back(to_string(s));
    return engine::list_of(names);
}

Partials partials_of(const Request& request, Selecting selecting) {
    Partials partials;
    const bool later = selecting == Selecting::later;
    partials.blocks = later || !selects(request);
    kernels::Accumulator accumulator(streaming_of(request.statistics), request.dtype, 0, request.ddof);
    for (const auto& quantity : accumulator.quantities())
        partials.quantities.push_back({quantity.name, quantity.dtype});
    if (later) partials.quantities.push_back({"samples", request.dtype, true});
    for (const Statistic& s : request.statistics)
        if (is_selection(s) && !later) partials.quantities.push_back({to_string(s), compute_dtype(request.dtype)});
    Request part = request;
    if (partials.blocks) part.samples = std::min(request.samples, request.block);
    const Index samples = later ? request.samples : 0;
    partials.make = [=](Index pixels) { return std::make_unique<Reducer>(part, pixels, selecting, true); };
    partials.fold = [=](Index pixels) { return std::make_unique<Folder>(request, pixels, samples); };
    partials.recipe = {{"statistics", names_of(request.statistics)},
                       {"dtype", std::string(name_of(request.dtype))},
                       {"ddof", fmt::format("{}", request.ddof)},
                       {"samples", fmt::format("{}", samples)}};
    if (!later) return partials;
    partials.overhead = 2.5;  // whoever puts them together reads all of them again
    partials.state_bytes = [=, streaming = streaming_of(request.statistics)](Index pixels) {
        return kernels::BlockAccumulator::state_bytes(streaming, part.dtype, pixels, part.block, part.samples) +
               byte_count({part.samples, pixels}, size_of(part.dtype));
    };
    return partials;
}

}  // namespace

Request request_of(std::span<const Statistic> statistics, Index ddof, const ArrayInfo& info,
                   const std::vector<std::size_t>& axes) {
    Request request{{statistics.begin(), statistics.end()}, info.dtype, ddof, 1, 1};
    for (const std::size_t axis : axes) request.samples *= info.shape[axis];
    const Index along = info.shape[axes.front()];
    request.block = along > 0 ? engine::fold_length(along) * (request.samples / along) : 1;
    return request;
}

bool selects(const Request& request) {
    return std::any_of(request.statistics.begin(), request.statistics.end(), kernels::is_selection);
}

engine::ReduceOptions reduce_options(const Request& request, const std::vector<std::size_t>& axes, bool at_once) {
    engine::ReduceOptions how;
    how.axes = axes;
    const Selecting selecting = at_once ? Selecting::at_once : Selecting::in_passes;
    const std::size_t selections = ranks_of(request.statistics).size();
    how.whole = selections > 0 && at_once;
    if (selections > 0 && !at_once) how.passes = kernels::PassPercentiles::passes(request.dtype);
    how.state_bytes = [=, streaming = streaming_of(request.statistics)](Index pixels) {
        return kernels::BlockAccumulator::state_bytes(streaming, request.dtype, pixels, request.block,
                                                      request.samples) +
               selections * static_cast<std::size_t>(pixels) * sizeof(double) +
               (selections > 0 && !at_once ? kernels::PassPercentiles::state_bytes(request.dtype, pixels, selections)
                                           : 0);
    };
    how.partials = {partials_of(request, selecting)};
    if (selections > 0) how.partials.push_back(partials_of(request, Selecting::later));
    if (!how.whole) return how;
    how.scratch_bytes = [=](Index pixels) {
        return kernels::percentiles_scratch_bytes(request.dtype, request.samples, pixels);
    };
    return how;
}

engine::MakeReducer make_reducer(const Request& request, bool at_once) {
    return [=, selecting = at_once ? Selecting::at_once : Selecting::in_passes](Index pixels) {
        return std::make_unique<Reducer>(request, pixels, selecting, false);
    };
}

engine::MakeFolder make_folder(const engine::Recipe& recipe) {
    Request request;
    request.statistics = kernels::parse_statistics(recipe.at("statistics"));
    request.dtype = parse_dtype(recipe.at("dtype"));
    request.ddof = std::stoll(recipe.at("ddof"));
    const Index samples = std::stoll(recipe.at("samples"));
    return [=](Index pixels) { return std::make_unique<Folder>(request, pixels, samples); };
}

}  // namespace levin::project
