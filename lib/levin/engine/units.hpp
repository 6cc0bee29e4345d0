/// The loop under every pattern: for each unit of an output, read what it needs of the input and work on it, within the
/// memory budget, in parallel, skipping what a resumed run has done.
///
/// Four ways, chosen by the bytes they move. *Direct*: a thread reads its own unit's box; best when units share no
/// input chunk. *Batched*: the box around a rectangle of units is read once, each input chunk decoded by one thread
/// into its place, then the units are worked on in parallel; best when many units need the same chunk, as in a
/// transposition to series. *Gradual*: the same, but units are written as they grow, while the input is read along its
/// first axis, so that memory holds a few rows of the input instead of the batch; where units are written as they were
/// read and the output's codec can. *Through scratch*: where memory holds so few units that batches would decode the
/// input more than three times, it goes through scratch.hpp first: decoded, written and read once.
#pragma once
#include <functional>
#include <optional>

#include "levin/core/array.hpp"
#include "levin/engine/execution.hpp"
#include "levin/engine/scratch.hpp"
#include "levin/engine/sources.hpp"

namespace levin::engine {

class Output;

struct UnitWork {
    const ArraySource& input;
    Grid units;                                       ///< the output's
    std::function<Region(const Region& unit)> needs;  ///< box of the input that a unit needs
    std::function<void(Index unit, const ConstView& values, int thread)>
        work;                    ///< values: needs(unit), stored dtype, any strides
    std::size_t work_bytes = 0;  ///< memory one call of work may hold besides `values`
    std::function<bool(Index unit)> is_done = [](Index) { return false; };
    Margins margins;                  ///< of the input, when it is extended
    std::optional<Region> part = {};  ///< the units to work on; all of them unless this run is a part of a job
    Output* grows = nullptr;          ///< work on a unit only writes its box of the input here, which can be gradual
    bool in_order = false;            ///< units are best worked on in increasing order: the output is a pipe

    Region own() const { return part ? *part : Region::whole(units.counts()); }
};

struct UnitPlan {
    bool direct = true;
    int threads = 1;
    Dims batch;  ///< units per axis that are worked on together
    Index batches = 0;
    std::size_t memory = 0;         ///< what the run will hold at its peak, the program itself included
    std::size_t bytes_decoded = 0;  ///< of input chunks, each counted as often as it is decoded
    std::optional<ScratchPlan> scratch;
    Index rows = 0;            ///< where units grow: of the input's first axis, read at a time
    bool holds_units = false;  ///< units that grow may hold their elements
    std::string remark;        ///< what the user should know: why the run will be slow
    Index units = 0;           ///< that this run works on
    Index units_in_all = 0;    ///< when they are not the output's
    Index steps = 0;           ///< of progress: units, and bands to scratch
};

/// Bytes of input chunks that a box of units needs.
double bytes_needed(const UnitWork& work, const Region& units);

/// Whether the input may go through scratch; `always`: work that will be done many times over.
enum class UseScratch { never, when_cheaper, always };
/// Error, before any work, when not even one unit fits the budget. Looks at no disk.
UnitPlan plan_units(const Execution& execution, const UnitWork& work, UseScratch use = UseScratch::when_cheaper);
/// `plan`, or one without scratch when the disk has too little room; the remark says so.
UnitPlan fit_to_disk(const Execution& execution, const UnitWork& work, const UnitPlan& plan);
/// Runs the plan. `phase_units` of progress are announced by the caller; each unit advances it by one.
void run_units(Execution& execution, const UnitWork& work, const UnitPlan& plan);

/// Reads `box` with all threads, each input chunk decoded once.
void read_parallel(Execution& execution, const ArraySource& input, const Region& box, const View& out,
                   const Margins& margins = {});
/// Announces `times` such calls to an input that comes once.
void expect_parallel(const ArraySource& input, const Region& box, Index times, const Margins& margins = {});
/// Bytes that reading `box` costs, in memory: of all chunks that it touches, or their granules.
std::size_t touched_bytes(const ArraySource& input, const Region& box, const Margins& margins = {});

}  // namespace levin::engine
