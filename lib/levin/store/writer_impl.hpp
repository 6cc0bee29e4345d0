/// What the files writer*.cpp share.
#pragma once
#include <mutex>

#include "levin/store/chunk.hpp"
#include "levin/store/output.hpp"
#include "levin/store/writer.hpp"

namespace levin::store {

struct ArrayWriter::Impl {
    ArraySpec spec;
    WriteOptions options;
    Documents documents;
    Metadata metadata;
    Grid units;
    Output output;
    const Output* group = nullptr;  // that of the group in which the array lies
    Journal journal;
    mutable std::mutex mutex;  // guards the journal and the two below
    std::vector<bool> done;
    Index done_count = 0;

    Impl(const std::string& path, ArraySpec spec_, Documents documents_, const WriteOptions& options_);
    void read_done();
    std::string key_of(Index unit) const { return metadata.key(units.position(unit)); }
    /// The file in which `unit` grows.
    void begin(Index unit, std::optional<PartialFile>& partial);
    std::size_t write(Index unit, const ConstView& values);
    /// The unit's file, or none for a unit of fill, comes to its place and into the journal; returns its size.
    std::size_t finish(Index unit, std::optional<PartialFile>& partial);
    void mark_done(Index unit);
    std::string missing() const;
    void publish();
    bool finished_elsewhere() const { return output.finished_elsewhere() || (group && group->finished_elsewhere()); }
    /// As Output's. A group comes to its place with all that is in it, so that the array is not found where it was.
    template <class Work>
    void unless_finished_elsewhere(Work work) const {
        const auto alone = [&] { output.unless_finished_elsewhere(work); };
        if (group) group->unless_finished_elsewhere(alone);
        else alone();
    }
};

}  // namespace levin::store
