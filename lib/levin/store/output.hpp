/// Where an output is built, and how it comes into its place. Shared by arrays and groups; writer.cpp tells the
/// protocol.
#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <optional>

#include "levin/store/pending.hpp"

namespace levin::store {

/// The hidden folders beside the store at `path`: in which a new one grows, and in which the old one is removed. At a
/// URL there is never such a folder.
struct Neighbours {
    std::string fresh, old;
    explicit Neighbours(const std::string& path);
};

/// Whether there is a new store in such a folder, perhaps complete; not the old one after the exchange.
bool is_growing(const std::string& folder);
/// Where the store at `path` is in the making: beside it, when it is to be replaced.
std::string place_of_work(const std::string& path);
/// Removes what a killed run left in and beside a store that is visible: its `__levin`, the old one after its
/// replacement. A new one that has not come to its place yet stays, complete or not.
void remove_old_neighbours(const std::string& path);

class Output {
  public:
    /// Prepares `path` for a store with the metadata `documents`; see ArrayWriter's constructor for what is refused.
    Output(const std::string& path, Documents documents, const WriteOptions& options);
    /// When an error unwinds the stack, removes the store that this run created if nobody wrote into it: a request that
    /// fails before its first chunk leaves nothing behind.
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    /// The folder in which the store grows: `path`, or a hidden folder beside it when a store is being replaced.
    const std::string& store() const { return store_; }
    const std::string& path() const { return path_; }
    /// The same folder, held open.
    const Folder& folder() const { return *folder_; }
    /// Error when it lies in its place no more: another run has begun there anew, or somebody has removed it.
    void check_place() const;
    bool was_complete() const { return was_complete_; }
    /// Whether earlier work may lie in store().
    bool resumed() const { return resumed_; }
    /// Another process may have finished the store that this one works on.
    bool finished_elsewhere() const;
    /// Others may work at the same request, such as the same part of a job that runs twice: who finishes the store
    /// cleans up under the others' feet, and what they have to say then is of no interest.
    template <class Work>
    void unless_finished_elsewhere(Work work) const {
        try {
            work();
        } catch (const std::exception&) {
            const bool own_failure = publishing_ && !shared_;
            if (!own_failure && finished_elsewhere()) return;
            check_place();
            throw;
        }
    }
    /// Puts the metadata in their place, then the store in its, then removes what is left over.
    void publish();

  private:
    void recover();
    void resume();
    bool resume_at(const std::string& store);
    bool begin_folder(const std::string& store, bool exclusive);
    static bool renamed(const std::string& from, const std::string& to);
    // In a bucket:
    bool put_mark();
    void check_mark() const;
    void check_mark_at_times() const;
    void abandon_objects() const;
    void create(const std::string& store, bool exclusive);
    void make_folder() const;
    void replace();
    void swap();
    void exchange();
    bool retire_old();
    void remove(const std::string& folder);
    void abandon();
    void check_inputs() const;
    std::string difference_from_visible() const;

    std::string path_, fresh_, old_, store_;
    std::optional<Folder> folder_;
    std::string mark_;  ///< in a bucket, the key of this run's mark
    mutable std::atomic<std::int64_t> looked_{0};
    Documents documents_;
    std::string inputs_;
    bool fsync_ = false, shared_ = false, member_ = false, was_complete_ = false, resumed_ = false, created_ = false,
         publishing_ = false;
    int exceptions_ = std::uncaught_exceptions();
};

}  // namespace levin::store
