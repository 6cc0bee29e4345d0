/// Who owns which units of a store that several jobs write together: `__levin/parts.json`, boxes of units by part.
#pragma once
#include <string>
#include <vector>

#include "levin/core/region.hpp"

namespace levin::store {

class Folder;

/// Writes the boxes, unless they are there already. Error when others are: the jobs do not belong together.
void write_parts(const Folder& store, const std::vector<Region>& parts, bool fsync);
/// Empty when no shared job has been at work.
std::vector<Region> read_parts(const std::string& store);
/// The parts, counted from 1, that own a unit which `done` (one entry per unit of `units`) does not name.
std::vector<Index> missing_parts(const std::vector<Region>& parts, const Grid& units, const std::vector<bool>& done);

}  // namespace levin::store
