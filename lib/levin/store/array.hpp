/// Reading a Zarr array, v3 or v2, or one level of an OME-Zarr group, as an ArraySource.
#pragma once
#include <memory>
#include <string>

#include "levin/core/array.hpp"

namespace levin::store {

struct Metadata;  // store/metadata.hpp

struct OpenOptions {
    int level = 0;                  ///< of an OME-Zarr group's multiscales
    bool missing_is_error = false;  ///< a missing chunk is an error instead of the fill value
};

/// Whether `path` looks like a store: a directory with zarr.json, .zarray, .zgroup or a pending levin store.
bool is_store(const std::string& path);

class Array final : public ArraySource {
  public:
    /// Opens the array or OME-Zarr group at `path`. Error for metadata that the specification refuses, for anything
    /// unsupported (by name), and for a pending store (saying how far it has come). Costs one or two small file reads,
    /// whatever the shape.
    static std::unique_ptr<Array> open(const std::string& path, const OpenOptions& options = {});
    ~Array() override;

    const ArrayInfo& info() const override;  ///< info().chunks is the inner chunk shape of a sharded array
    /// Damaged chunks are an Error naming file, finding and expectation. Decodes each touched chunk once per call.
    void read(const Region& region, const View& out) const override;
    std::size_t scratch_bytes() const override;
    Dims granule() const override;
    std::string name() const override;
    /// Where the array itself lies: name(), or the level below it.
    const std::string& folder() const;

    const Metadata& metadata() const;
    const Grid& units() const;  ///< grid of stored files: shards when sharded, else chunks
    /// The key of a unit, e.g. "c/0/1/2" or "0.1.2".
    std::string key(Index unit) const;
    /// Stored bytes of a unit, empty when the file is missing.
    std::optional<std::size_t> stored_size(Index unit) const;
    /// Decodes the whole unit and throws on any damage. Returns false when the file is missing.
    bool verify(Index unit) const;

  private:
    struct Impl;
    explicit Array(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace levin::store
