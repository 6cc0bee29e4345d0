/// Writing a Zarr array so that nobody can take a half-written store for data. The protocol is in writer.cpp's first
/// lines.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "levin/core/array.hpp"

namespace levin::store {

/// What a new array will be.
struct ArraySpec {
    Dims shape;
    DType dtype = DType::float32;
    Axes axes;
    Dims chunks;
    Dims shards;                    ///< multiples of chunks; empty for no sharding
    std::string codec = "zstd:1";   ///< none | zstd[:LEVEL] | blosc[:LEVEL[:CNAME]] | gzip[:LEVEL]
    int zarr_format = 3;            ///< 2 or 3
    double fill_value = 0;          ///< NaN for float outputs where "no data" is possible
    bool write_fill = false;        ///< store chunks that equal the fill value too
    std::string attributes = "{}";  ///< JSON object text, `levin.history` included
};

struct WriteOptions {
    bool force = false;   ///< replace an existing output when the new one is complete
    bool resume = false;  ///< go on with a pending store of the same request
    bool fsync = false;
    bool shared = false;   ///< other processes work on the store at the same time: as resume, and nobody takes it away
    std::string inputs{};  ///< a JSON object of what the array is made from, which whoever goes on must agree with
    bool member = false;   ///< of a group that is being written: its folder is there, or has gone to its place
};

/// Checks a codec text; UsageError names what is wrong and what is possible.
void check_codec(const std::string& codec);

/// A unit that is written piece by piece, from its beginning on along its first axis. What is not finished leaves no
/// trace.
class GradualUnit {
  public:
    ~GradualUnit();
    /// The next elements along the first axis, of the array's dtype; as wide as the unit along the others.
    void append(const ConstView& values);
    /// After the last piece; the unit is then as ArrayWriter::write makes it. Returns the bytes stored.
    std::size_t finish();

  private:
    friend class ArrayWriter;
    struct Impl;
    explicit GradualUnit(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

struct GradualBytes {
    std::size_t unit;    ///< that a unit holds between its pieces
    std::size_t finish;  ///< that finish() may hold, besides what write() may
};
/// None when units of such an array at `path` are written as a whole only: shards, chunks that the codec takes as a
/// whole, objects.
std::optional<GradualBytes> gradual_bytes(const std::string& path, const ArraySpec& spec);

class ArrayWriter {
  public:
    /// Creates the pending store at `path`, or with options.resume opens the pending one, whose metadata must be the
    /// same (Error lists the difference). UsageError for a spec that can never be (chunk 0, shards no multiple, rank
    /// mismatch, v2 with shards). Error when `path` exists and neither force nor resume applies.
    ArrayWriter(const std::string& path, const ArraySpec& spec, const WriteOptions& options);
    /// Joins the work on the pending store at `path` by what waits there. Error when nothing does.
    static ArrayWriter join(const std::string& path, bool write_fill, bool fsync);
    ~ArrayWriter();  ///< leaves a pending store for --resume; a new one without any unit goes when an error unwinds the
                     ///< stack
    ArrayWriter(ArrayWriter&&) noexcept;

    const ArraySpec& spec() const;
    /// The folder in which it grows: its path, or a hidden folder beside a store that is being replaced.
    const std::string& store() const;
    const Grid& units() const;       ///< what one task owns: shards when sharded, else chunks
    bool is_done(Index unit) const;  ///< by the journal
    Index done_count() const;
    bool was_complete() const;  ///< resume found the store already published; nothing is left to do
    /// Writes one whole unit; `values` has shape units().region(unit).shape and the spec's dtype, any strides.
    /// Thread-safe for different units. Returns the bytes stored.
    std::size_t write(Index unit, const ConstView& values);
    /// Begins a unit of an array that has gradual_bytes(). Each holds a file open. `may_hold`: the unit's elements,
    /// where that is quicker. One piece at a time; thread-safe for different units.
    std::unique_ptr<GradualUnit> begin(Index unit, bool may_hold);
    /// Bytes one call of write may hold besides `values`.
    std::size_t scratch_bytes() const;
    /// Says in the pending store which box of units each part of a shared job owns. Error when it says another thing
    /// already.
    void share(const std::vector<Region>& parts);
    /// Whether every unit is there, by the journals of all processes as they are now.
    bool is_complete();
    /// Makes the store visible; Error when a unit is missing. Nothing of __levin/ is left.
    void publish();

  private:
    friend class GroupWriter;
    friend class GradualUnit;
    struct Impl;
    explicit ArrayWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// A group whose arrays become visible together.
class GroupWriter {
  public:
    /// As ArrayWriter's; `attributes` is the group's JSON object text.
    GroupWriter(const std::string& path, const std::string& attributes, int zarr_format, const WriteOptions& options);
    ~GroupWriter();
    /// Adds (or resumes) the array called `name` inside the group. The reference lives as long as the group.
    ArrayWriter& add(const std::string& name, const ArraySpec& spec);
    const std::string& store() const;  ///< as ArrayWriter's
    bool was_complete() const;
    void publish();  ///< publishes every array, then the group

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// How far a pending store has come, for `levin info` and messages; empty when `path` is not pending.
struct PendingState {
    Index done = 0, total = 0;
    std::string tool;
    Index parts = 0;             ///< of a job that shares the store; 0 when none does
    std::vector<Index> missing;  ///< parts with units that are not done, from 1
    /// Its parts have all left their partial results (partial_results_of), from which its chunks are yet to be made.
    bool foldable = false;
    std::optional<Index> round;  ///< where parts and a merge take turns (rounds.hpp): the parts are of this round
};
std::optional<PendingState> pending_state(const std::string& path);

/// Where the parts of a job leave what has to be put together: a group inside the pending store at `path`, itself
/// written as any other. It goes when the store is published.
std::string partial_results_of(const std::string& path);

/// Ascending numbers as people and Slurm's --array write them: "3,7-9".
std::string ranges(const std::vector<Index>& numbers);

/// Makes a pending array, or group with all its arrays, visible when every chunk is done (`check --publish`, after the
/// parts of a job have ended). Nothing happens to a store that is visible already. TransientError when chunks are
/// missing: their part may come yet. A store that is to be replaced is: see place_of_work().
void publish_pending(const std::string& path, bool fsync);

/// Removes partial files that killed processes left anywhere in a store; returns how many files. Whoever writes there
/// at the same time loses what it is writing.
Index remove_partial_files(const std::string& path);

}  // namespace levin::store
