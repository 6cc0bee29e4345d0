/// What the files units*.cpp share.
#pragma once
#include "levin/engine/chunk_grid.hpp"
#include "levin/engine/units.hpp"

namespace levin::engine {

/// The box of the input that a box of units needs.
Region needs_of(const UnitWork& work, const Region& units);
/// `units`, counted from the part's first, as units of the output.
Region placed(const UnitWork& work, const Region& units);
/// The units of a batch that are still to be done, and what they need.
Region pending_of(const UnitWork& work, const Region& batch, std::vector<Index>& pending);

/// What the units to work on need of the input, in whole chunks.
Region needed_chunks(const UnitWork& work);
Source crop(const ArraySource& input, const Region& box);

// Of units_gradual.cpp.
/// Turns `plan` into one in which units grow, where that decodes no more.
void consider_gradual(const Execution& execution, const UnitWork& work, UnitPlan& plan);
/// Steps of progress besides its units; none for another plan.
Index steps_of_growth(const UnitWork& work, const UnitPlan& plan);
/// Announces what run_gradual will read to an input that comes once.
void expect_gradual(const UnitWork& work, const UnitPlan& plan);
void run_gradual(Execution& execution, const UnitWork& work, const UnitPlan& plan);

}  // namespace levin::engine
