/// Where an output is built, and how it comes into its place. Shared by arrays and groups; writer.cpp tells the
/// protocol.
#pragma once
#include <exception>

#include "levin/store/pending.hpp"

namespace levin::store {

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
    bool was_complete() const { return was_complete_; }
    /// Whether earlier work may lie in store().
    bool resumed() const { return resumed_; }
    /// Another process may have finished the store that this one works on.
    bool finished_elsewhere() const;
    /// The same part of a shared job may run twice: who finishes the store cleans up under the other's feet.
    template <class Work>
    void unless_finished_elsewhere(Work work) const {
        try {
            work();
        } catch (const std::exception&) {
            if (!shared_ || !finished_elsewhere()) throw;
        }
    }
    /// Puts the metadata in their place, then the store in its, then removes what is left over.
    void publish();

  private:
    void recover();
    void resume();
    void create(const std::string& store, bool exclusive);
    void replace();
    void swap();
    void remove(const std::string& folder);
    void abandon();
    std::string difference_from_visible() const;

    std::string path_, fresh_, old_, store_;
    Documents documents_;
    bool fsync_ = false, shared_ = false, was_complete_ = false, resumed_ = false, created_ = false, published_ = false;
    int exceptions_ = std::uncaught_exceptions();
};

}  // namespace levin::store
