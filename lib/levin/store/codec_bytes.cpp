// bytes: the elements in C order, each word in the stated byte order.
#include <fmt/format.h>

#include <bit>

#include "levin/core/error.hpp"
#include "levin/store/chain.hpp"
#include "levin/store/json.hpp"

namespace levin::store {

bool parse_bytes(const Json& configuration, DType dtype) {
    require_object(configuration, "bytes", {"endian"});
    const auto found = configuration.find("endian");
    if (found == configuration.end() || found->is_null()) {
        if (word_size(dtype) > 1) throw Error(fmt::format("bytes: endian is missing, which {} needs", name_of(dtype)));
        return false;
    }
    const std::string endian = string_of(*found, "bytes: endian");
    if (endian != "little" && endian != "big")
        throw Error(fmt::format("bytes: endian: expected little or big, found \"{}\"", endian));
    return word_size(dtype) > 1 && (endian == "little") != (std::endian::native == std::endian::little);
}

}  // namespace levin::store
