/// Partial results, complete and published in the pending store of a reduction, put together into its output.
#pragma once
#include "levin/engine/reduce_boxes.hpp"

namespace levin::engine {

/// JSON object text, for the group of the partial results.
std::string attributes_of(const Recipe& recipe);
/// Of the partial results in the pending store at `path`.
Recipe recipe_of(const std::string& path);
/// Items in an entry of a recipe.
std::string list_of(const std::vector<std::string>& items);

/// Writes the `units` of `targets` that are not done, from the partial results in `store`: for every box of pixels the
/// quantities of one block after the other, in the order of MakeFolder's maker. Error when one unit does not fit the
/// budget.
void fold(Execution& execution, const std::string& store, const Grid& units, const Targets& targets,
          const MakeFolder& make);

/// The whole of what is left to do for a store whose parts have all ended: publishes the partial results, folds them
/// into the array or arrays in the making at `path`; nothing of it is published. `make`: from the recipe.
using MakeFolderOf = std::function<MakeFolder(const Recipe& recipe)>;
void fold_pending(Execution& execution, const std::string& path, const MakeFolderOf& make);

}  // namespace levin::engine
