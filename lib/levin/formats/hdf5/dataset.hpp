/// What levin must know of a dataset in an HDF5 file, and one walk through all of them.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "levin/core/dims.hpp"
#include "levin/core/dtype.hpp"
#include "levin/formats/hdf5/file.hpp"

namespace levin::formats {

struct Hdf5Filter {
    int id = 0;
    std::vector<unsigned> values;
    friend bool operator==(const Hdf5Filter&, const Hdf5Filter&) = default;
};

struct Hdf5Dataset {
    std::string name;  ///< from the root: "/group/data"
    Dims shape;
    std::string type;  ///< as a user would call it
    std::optional<DType> dtype;
    bool swap = false;  ///< words are big-endian
    Dims chunks;        ///< empty when the values are in one piece
    std::vector<Hdf5Filter> filters;
    Index offset = -1;  ///< in the file, of values in one piece; -1 where they are not stored, or inside the header
    std::vector<std::byte> fill;  ///< what is not stored, as it would be
    std::string refusal;          ///< why levin does not read it; "" when it does
    friend bool operator==(const Hdf5Dataset&, const Hdf5Dataset&) = default;
};

/// Never touches the values. Error for a dataset whose description is damaged.
Hdf5Dataset describe_hdf5(hid_t dataset, const std::string& name);

/// Calls visit(name, link) for every dataset that the groups hold by themselves, and for every link into another file
/// (then `link` is true). Error for more objects than anybody could want to see.
void walk_hdf5(hid_t file, const std::function<void(const std::string& name, bool link)>& visit);

/// The members of a group, in the order of their names; 'd' dataset, 'g' group, 'x' a link into another file.
std::vector<std::pair<std::string, char>> hdf5_members(hid_t group);

/// "gzip", "lzf", ... or the number.
std::string hdf5_filter_name(int id);

}  // namespace levin::formats
