/// From what the user typed as OUTPUT to an array that the patterns fill unit by unit.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "levin/engine/execution.hpp"
#include "levin/engine/layout.hpp"
#include "levin/store/writer.hpp"

namespace levin::engine {

class StreamOutput;

/// What a result is, before the user's output options: `info.chunks` may be empty for the default of `layout`.
struct ResultInfo {
    ArrayInfo info;
    Layout layout = Layout::images;
    std::vector<std::string> whole{};  ///< axes that every chunk must span; --chunks that cut one are refused
    Index files = most_files;          ///< that it may have before its chunks go into shards
};

/// One result: a Zarr store, a pipe ("-"), or a foreign file by its extension. A foreign file is computed into a
/// scratch store beside it, which gives it the same resume and memory bounds, and is written from there when complete;
/// one for a pipe ("npy:-") has its scratch store in $TMPDIR.
class Output {
  public:
    /// Applies --chunks, --shards, --dtype and so on, and creates (or resumes) the pending store; with --dry-run
    /// nothing is touched.
    Output(Execution& execution, const OutputOptions& options, const ResultInfo& result);
    ~Output();
    Output(Output&&) noexcept;

    const ArrayInfo& info() const { return info_; }       ///< as stored
    DType result_dtype() const { return result_dtype_; }  ///< as computed, before --dtype
    const std::string& path() const { return options_.path; }
    const std::string& name() const { return name_; }  ///< in its group; empty for an output alone
    const store::ArraySpec& spec() const { return spec_; }
    /// The folder in which the store grows, that of the group for one of several results; empty for what is no store.
    const std::string& workplace() const { return workplace_; }
    bool clips() const { return options_.clip; }
    const Grid& units() const { return units_; }  ///< what one task writes: shards when sharded, else chunks
    bool is_done(Index unit) const;               ///< or another part's
    /// Says which boxes of units the parts of a shared job own; nothing for a run that does everything alone.
    void share(const std::vector<Region>& parts);
    /// Best written in increasing order: what comes early must wait.
    bool in_order() const { return stream_ != nullptr; }
    /// Nothing is left to do: a resumed run found the output complete.
    bool was_complete() const { return complete_ || (writer_ && writer_->was_complete()); }
    /// Writes a whole unit, converting to the output's dtype (--clip decides about values out of range).
    void write(Index unit, const ConstView& values);
    /// As write(), piece by piece; see store::ArrayWriter::begin. Only where there are gradual_bytes().
    std::unique_ptr<store::GradualUnit> begin(Index unit, bool may_hold);
    void append(store::GradualUnit& unit, const ConstView& values);
    void finish(store::GradualUnit& unit);
    std::optional<store::GradualBytes> gradual_bytes() const;
    /// Bytes one call of write may hold besides `values` of dtype `from`.
    std::size_t write_bytes(DType from) const;
    /// Makes the output visible; with --part only when it is the last one, with --create-only not yet.
    void publish();

  private:
    friend class OutputGroup;
    Output(Execution& execution, const OutputOptions& options, const ResultInfo& result, store::GroupWriter* group,
           const std::string& name);
    void open_foreign(store::WriteOptions how);

    Execution* execution_;
    OutputOptions options_;
    std::string name_;
    ArrayInfo info_;
    DType result_dtype_;
    store::ArraySpec spec_;
    Grid units_;
    std::unique_ptr<store::ArrayWriter> owned_;
    store::ArrayWriter* writer_ = nullptr;
    std::unique_ptr<StreamOutput> stream_;
    std::string workplace_;
    std::string scratch_;                                   ///< the scratch store of a foreign output
    std::function<void(std::span<const std::byte>)> pipe_;  ///< where a foreign output goes, for a pipe
    bool complete_ = false, replaces_ = false;
    std::optional<Region> own_;  ///< this part's units
};

/// Several results under one path, visible together.
class OutputGroup {
  public:
    /// Foreign formats are refused: a group is a store. `own_attributes` (JSON object text) are what the group says
    /// besides its history.
    OutputGroup(Execution& execution, const OutputOptions& options, const std::string& input_attributes,
                const std::string& own_attributes = "{}");
    /// Results that come into a group which is there already, options.path: each becomes visible on its own, all of
    /// them when publish() is called.
    static OutputGroup inside(Execution& execution, const OutputOptions& options);
    Output& add(const std::string& name, const ResultInfo& result);
    bool was_complete() const { return group_ && group_->was_complete(); }
    /// Where the group grows; not with --dry-run.
    const std::string& folder() const { return group_->store(); }
    /// Whether publish() will make the results visible: not when other parts are still to come, nor with --create-only.
    /// Error when an input has changed since it was opened.
    bool is_ready() const;
    void publish();

  private:
    OutputGroup(Execution& execution, const OutputOptions& options) : execution_(execution), options_(options) {}
    Execution& execution_;
    OutputOptions options_;
    std::unique_ptr<store::GroupWriter> group_;
    std::vector<std::unique_ptr<Output>> outputs_;
};

/// Where a store lies that is made on the way to a file at `path`: hidden beside it, or in $TMPDIR for a URL. The next
/// run that resumes finds it there.
std::string scratch_beside(const std::string& path);

/// `values` in the type that a store has for them, in `converted` where that is another one. Values that it cannot hold
/// are an Error naming --dtype, or clipped.
ConstView as_stored(const ConstView& values, DType dtype, bool clip, OwnedArray& converted);

/// What a result derived from `input` starts from: its axes and attributes, another dtype, the input's layout.
ResultInfo result_like(const ArrayInfo& input, DType dtype);
/// The same in series layout, whole series in every chunk.
ResultInfo series_like(const ArrayInfo& input, DType dtype);

}  // namespace levin::engine
