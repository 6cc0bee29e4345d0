/// An array's metadata in the form that both formats share, and the text of new metadata.
#pragma once
#include "levin/core/array.hpp"
#include "levin/store/chain.hpp"

namespace levin::store {

struct ArraySpec;

struct Metadata {
    int zarr_format = 3;
    Dims shape;
    Dims chunks;  ///< of stored files: the shard shape when sharded
    DType dtype = DType::uint8;
    std::vector<std::byte> fill;  ///< one element
    CodecChain codecs;
    bool key_prefix = true;  ///< keys begin with "c"
    char separator = '/';
    Axes axes;                      ///< one per dimension, perhaps without names
    std::string attributes = "{}";  ///< without those that `axes` holds

    /// The key of the chunk at `position` in the grid, e.g. "c/0/1/2" or "0.1.2".
    std::string key(const Dims& position) const;
    /// The shape of the innermost chunks, along the array's axes.
    Dims inner_chunks() const;
};

/// The metadata in a zarr.json; Error names the field at fault. Never allocates by the sizes it finds.
Metadata parse_metadata_v3(std::string_view zarr_json);
/// The metadata in .zarray and .zattrs ("" for none).
Metadata parse_metadata_v2(std::string_view zarray, std::string_view zattrs);

/// A file that makes up a store's metadata.
struct Document {
    std::string name, text;
};
/// The last one is what makes the store visible.
using Documents = std::vector<Document>;
/// Metadata for a new array in the write profile of levin-array(5). UsageError for a spec that can never be.
Documents array_documents(const ArraySpec& spec);
/// The same for a group with these attributes.
Documents group_documents(const std::string& attributes, int zarr_format);

/// Takes the attribute `dimension_units` (["0.05 s", null]) into `axes` and out of `attributes`. One that is not
/// understood stays.
void take_dimension_units(Json& attributes, Axes& axes);
/// "um" for "micrometer" and so on; other names stay.
std::string short_unit(const std::string& unit);
/// The inverse: "micrometer" for "um".
std::string long_unit(const std::string& unit);

/// Chunk lengths: at least 1, but 0 passes as 1 along an axis of length 0, where some writers put it. Error names
/// `where`.
Dims chunk_lengths(const Json& value, std::string_view where, const Dims& shape);

}  // namespace levin::store
