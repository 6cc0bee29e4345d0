#include "levin/engine/reduce_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "levin/core/parallel.hpp"
#include "levin/engine/fold.hpp"
#include "levin/store/pending.hpp"

namespace levin::engine {
namespace {

/// Along the kept axes, by the input's shape and chunks alone: those of a chunk, but that a cell should be worth a file
/// and its partial results fit memory, and that there should be some to share out. `together`: bytes of a pixel's
/// samples that will be held together.
Dims cell_of(const ArrayInfo& input, const std::vector<std::size_t>& kept, std::size_t together) {
    constexpr Index enough = 256, held = Index{64} << 20;
    const Index most = std::clamp<Index>(held / std::max<Index>(1, static_cast<Index>(together)), 1, 1 << 16);
    const Index least = std::min<Index>(1 << 14, most / 2);
    Dims shape, cell;
    for (const std::size_t axis : kept) {
        shape.push_back(input.shape[axis]);
        cell.push_back(std::clamp<Index>(input.chunks[axis], 1, std::max<Index>(1, input.shape[axis])));
    }
    for (std::size_t i = 0; i < cell.size(); ++i)
        while (cell[i] > 1 && product(cell) > most) cell[i] = (cell[i] + 1) / 2;
    for (std::size_t i = cell.size(); i-- > 0;)
        while (cell[i] < shape[i] && product(cell) < least && Grid(shape, cell).size() > enough)
            cell[i] = std::min(2 * cell[i], shape[i]);
    return cell;
}

/// What is shared out: blocks of samples and cells of pixels.
class Pieces {
  public:
    Pieces(const ArraySource& source, const ReduceOptions& options)
        : input_(source),
          axes_(options.axes),
          samples_(source.info().shape[axes_.front()]),
          length_(options.partials.front().blocks ? fold_length(samples_) : std::max<Index>(1, samples_)) {
        const ArrayInfo& input = source.info();
        Dims kept;
        const auto axes = kept_axes(input, axes_);
        for (const std::size_t axis : axes) kept.push_back(input.shape[axis]);
        for (std::size_t i = 1; i < axes_.size(); ++i) inner_ *= input.shape[axes_[i]];
        for (const auto& quantity : options.partials.front().quantities)
            if (quantity.each) together_ += byte_count({samples_, inner_}, size_of(quantity.dtype));
        cells_ = Grid(kept, cell_of(input, axes, together_));
        Dims shape{std::max<Index>(1, ceil_div(samples_, length_))}, cell{1};
        shape.insert(shape.end(), kept.begin(), kept.end());
        cell.insert(cell.end(), cells_.cell().begin(), cells_.cell().end());
        grid_ = Grid(shape, cell);
    }

    const Grid& grid() const { return grid_; }    ///< (block, cell...)
    const Grid& cells() const { return cells_; }  ///< of the pixels
    Index begin(Index block) const { return std::min(block * length_, samples_); }
    Index end(Index block) const { return begin(block + 1); }
    /// Whether parts may leave samples: there are some, a pixel's fit memory, and all of them a folder.
    bool can_keep_samples() const { return samples_ > 0 && together_ <= std::size_t{1} << 20 && grid_.size() <= 10000; }
    /// Values of a pixel in a block; 0: one, without an axis for them.
    Index each(const Partials::Quantity& quantity, Index block) const {
        return quantity.each ? (end(block) - begin(block)) * inner_ : 0;
    }
    /// The shape and the chunks of the array of a quantity.
    std::pair<Dims, Dims> shape_of(const Partials::Quantity& quantity) const {
        Dims shape = grid_.shape(), chunk = grid_.cell();
        if (quantity.each) shape[0] = samples_ * inner_, chunk[0] = length_ * inner_;
        return {shape, chunk};
    }
    static Region cells_in(const Region& pieces) {
        return {{pieces.origin.begin() + 1, pieces.origin.end()}, {pieces.shape.begin() + 1, pieces.shape.end()}};
    }
    double bytes_needed(const Region& pieces) const {
        if (pieces.empty()) return 0;
        return engine::bytes_needed(input_, axes_, span_of(cells_, cells_in(pieces)), begin(pieces.origin[0]),
                                    end(pieces.end(0) - 1));
    }
    std::vector<Region> parts(Index count) const {
        return cut_into_parts(grid_.counts(), count, [this](const Region& box) { return bytes_needed(box); });
    }

  private:
    const ArraySource& input_;
    const std::vector<std::size_t>& axes_;
    Index samples_, length_, inner_ = 1;
    std::size_t together_ = 0;  ///< bytes of a pixel's samples that will be held together
    Grid grid_, cells_;
};

double most(const std::vector<Region>& parts, const std::function<double(const Region&)>& cost) {
    double most = 0;
    for (const Region& part : parts) most = std::max(most, part.empty() ? 0 : cost(part));
    return most;
}

/// Where the partial results of one block go, cell by cell.
Targets targets_of(Execution& execution, const std::vector<Partials::Quantity>& quantities, const Pieces& pieces,
                   const std::vector<store::ArrayWriter*>& writers, Index block) {
    const Index first = block * pieces.cells().size();
    Targets targets;
    for (std::size_t k = 0; k < writers.size(); ++k) {
        store::ArrayWriter* const writer = writers[k];
        const Index each = pieces.each(quantities[k], block);
        targets.push_back({writer->spec().dtype, [=](Index cell) { return writer->is_done(first + cell); },
                           [=, &execution](Index cell, const ConstView& values) {
                               ConstView row = values;  // (1 or each, kept axes...)
                               if (each == 0) {
                                   row.shape.insert(row.shape.begin(), 1);
                                   row.strides.insert(row.strides.begin(), 0);
                               }
                               execution.progress().add_written(writer->write(first + cell, row));
                           },
                           writer->scratch_bytes(), each});
    }
    return targets;
}

/// Calls body(reduction) for runs of the part's blocks: as many in one pass over the samples as memory holds partial
/// results of.
void for_each_run(Execution& execution, const ArraySource& input, const ReduceOptions& options, const Pieces& pieces,
                  const Region& own, const std::function<Targets(Index block)>& targets_of,
                  const std::function<void(Reduction&)>& body) {
    std::size_t bytes = 0;
    for (const Partials::Quantity& quantity : options.partials.front().quantities)
        bytes += byte_count(pieces.shape_of(quantity).second, size_of(quantity.dtype));
    const Index step = std::max<Index>(1, static_cast<Index>(execution.budget() / 8 / std::max<std::size_t>(1, bytes)));
    for (Index block = own.origin[0]; block < own.end(0); block += step) {
        std::vector<Segment> segments;
        for (Index b = block; b < std::min(block + step, own.end(0)); ++b)
            segments.push_back({pieces.begin(b), pieces.end(b), targets_of(b)});
        Reduction reduction(execution, input, options, pieces.cells(), segments, options.partials.front().make);
        body(reduction);
    }
}

store::ArraySpec spec_of(const Pieces& pieces, const Partials::Quantity& quantity, const ArrayInfo& rest) {
    store::ArraySpec spec;
    std::tie(spec.shape, spec.chunks) = pieces.shape_of(quantity);
    spec.dtype = quantity.dtype;
    spec.write_fill = true;  // so that a chunk that is not there is missing
    spec.axes = {{"block", 0, ""}};
    spec.axes.insert(spec.axes.end(), rest.axes.begin(), rest.axes.end());
    return spec;
}

/// The plan as one for all blocks: memory of the pass that takes most.
UnitPlan plan_of(Execution& execution, const ArraySource& input, const ReduceOptions& options, const Pieces& pieces,
                 const Region& own) {
    UnitPlan plan;
    plan.units = own.count();
    plan.units_in_all = pieces.grid().size();
    if (own.empty()) return plan;
    Targets targets;
    for (const Partials::Quantity& quantity : options.partials.front().quantities)
        targets.push_back({quantity.dtype,
                           {},
                           {},
                           2 * byte_count(pieces.shape_of(quantity).second, size_of(quantity.dtype)),
                           pieces.each(quantity, own.origin[0])});
    for_each_run(
        execution, input, options, pieces, own, [&](Index) { return targets; },
        [&](const Reduction& reduction) {
            const UnitPlan run = reduction.plan(Pieces::cells_in(own));
            plan.batches += run.batches;
            plan.memory = std::max(plan.memory, run.memory);
        });
    plan.bytes_decoded = static_cast<std::size_t>(pieces.bytes_needed(own));
    plan.remark = remark_on_reading(execution, input, pieces.bytes_needed(own));
    return plan;
}

Recipe recipe_of(const Partials& partials, const Outputs& outputs) {
    Recipe recipe = partials.recipe;
    std::vector<std::string> names, results;
    for (const Partials::Quantity& quantity : partials.quantities) names.push_back(quantity.name);
    for (const Output* output : outputs)
        results.push_back(fmt::format("{}={}", output->name(), name_of(output->result_dtype())));
    recipe["quantities"] = list_of(names);
    recipe["outputs"] = list_of(results);
    recipe["clip"] = outputs.front()->clips() ? "yes" : "no";
    recipe["write_fill"] = outputs.front()->spec().write_fill ? "yes" : "no";
    return recipe;
}

/// Does this part's pieces; true when those of all parts are done, and published for those who fold them.
bool make_partials(Execution& execution, const ArraySource& input, const ReduceOptions& options, const Outputs& outputs,
                   const Pieces& pieces, const std::vector<Region>& parts) {
    store::WriteOptions how;
    how.shared = true;
    how.fsync = execution.options().fsync;
    store::GroupWriter group(store::partial_results_of(outputs.front()->workplace()),
                             attributes_of(recipe_of(options.partials.front(), outputs)), 3, how);
    std::vector<store::ArrayWriter*> writers;
    const ArrayInfo rest = without_axes(input.info(), options.axes);
    const auto& quantities = options.partials.front().quantities;
    for (const Partials::Quantity& quantity : quantities)
        writers.push_back(&group.add(quantity.name, spec_of(pieces, quantity, rest)));
    if (group.was_complete()) return true;
    for (store::ArrayWriter* writer : writers) writer->share(parts);
    const Region& own = parts[static_cast<std::size_t>(execution.part()->number - 1)];
    if (const std::string remark = remark_on_reading(execution, input, pieces.bytes_needed(own)); !remark.empty())
        execution.progress().note(remark);
    if (!own.empty())
        for_each_run(
            execution, input, options, pieces, own,
            [&](Index block) { return targets_of(execution, quantities, pieces, writers, block); },
            [&](Reduction& reduction) { reduction.run(Pieces::cells_in(own)); });
    if (!std::all_of(writers.begin(), writers.end(), [](store::ArrayWriter* writer) { return writer->is_complete(); }))
        return false;
    execution.check_inputs();
    group.publish();
    return true;
}

}  // namespace

std::optional<ReduceOptions> by_partials(Execution& execution, const ArraySource& input, const ReduceOptions& options,
                                         const Outputs& outputs) {
    const Grid& units = outputs.front()->units();
    if (!execution.part() || units.size() == 0) return std::nullopt;
    const Index samples = input.info().shape[options.axes.front()], count = execution.part()->count;
    const auto cost = [&](const Region& box) {
        return bytes_needed(input, options.axes, span_of(units, box), 0, samples);
    };
    double least = most(
        cut_into_parts(units.counts(), count, [&](const Region& box) { return box.empty() ? 0 : cost(box); }), cost);
    std::optional<ReduceOptions> best;
    for (const Partials& partials : options.partials) {
        ReduceOptions how = options;
        how.partials = {partials};
        if (partials.state_bytes) {
            how.state_bytes = partials.state_bytes, how.scratch_bytes = ReduceOptions().scratch_bytes;
            how.whole = false, how.passes = 1;
            if (!Pieces(input, how).can_keep_samples()) continue;
        }
        const Pieces pieces(input, how);
        const double needed =
            partials.overhead * most(pieces.parts(count), [&](const Region& box) { return pieces.bytes_needed(box); });
        if (needed < least) least = needed, best = how;
    }
    return best;
}

void reduce_to_partials(Execution& execution, const ArraySource& input, const ReduceOptions& options,
                        const Outputs& outputs) {
    const Pieces pieces(input, options);
    const std::vector<Region> parts = pieces.parts(execution.part()->count);
    const Region& own = parts[static_cast<std::size_t>(execution.part()->number - 1)];
    if (execution.options().dry_run)
        return print_plan(execution, input, outputs, plan_of(execution, input, options, pieces, own));
    const std::string& store = outputs.front()->workplace();
    const auto finished_elsewhere = [&] {
        return store::is_published(store) || store::pending_documents(store).empty();
    };
    try {
        if (make_partials(execution, input, options, outputs, pieces, parts))
            fold(execution, store, outputs.front()->units(), targets_of(outputs), options.partials.front().fold);
    } catch (const std::exception&) {
        if (!finished_elsewhere()) throw;
    }
    // The same part may run twice: who comes too late leaves nothing in a store that is out.
    if (store::is_published(store)) store::clean(store);
}

}  // namespace levin::engine
