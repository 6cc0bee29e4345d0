#include "levin/core/version.hpp"

namespace levin {
const char* version() { return LEVIN_VERSION; }
}  // namespace levin
