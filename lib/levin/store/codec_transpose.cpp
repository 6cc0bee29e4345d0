// transpose: axis i of the result is axis order[i] of the input.
#include <fmt/format.h>

#include "levin/core/error.hpp"
#include "levin/store/chain.hpp"
#include "levin/store/json.hpp"

namespace levin::store {

std::vector<std::size_t> parse_transpose(const Json& configuration, std::size_t rank) {
    require_object(configuration, "transpose", {"order"});
    const Json& value = member(configuration, "order");
    const Dims order = dims_of(value, "transpose: order", 0);
    std::vector<std::size_t> result;
    std::vector<bool> seen(rank);
    for (const Index entry : order) {
        const auto axis = static_cast<std::size_t>(entry);
        if (axis >= rank || seen[axis]) break;
        seen[axis] = true;
        result.push_back(axis);
    }
    if (order.size() != rank || result.size() != rank)
        throw Error(fmt::format("transpose: order {} is no permutation of the {} axes", shown(value), rank));
    return result;
}

}  // namespace levin::store
