/// Stores in the making: `__levin/` with the metadata that wait and the journals of what is done.
#pragma once
#include <chrono>

#include "levin/store/file.hpp"
#include "levin/store/metadata.hpp"
#include "levin/store/writer.hpp"

namespace levin::store {

/// The folder's name inside a store.
inline constexpr const char* pending_folder = "__levin";

/// The metadata that wait in `store`, in the order of publishing; empty when it is not pending.
Documents pending_documents(const std::string& store);
/// Metadata that are visible in `store`; empty when there are none.
Documents visible_documents(const std::string& store);
/// Whether the store's metadata are out (and perhaps a `__levin` is left to be removed).
bool is_published(const std::string& store);
/// Whether a file of that name makes a store visible.
bool is_last_document(const std::string& file_name);
/// Whether a file in `__levin` is a journal: some process has finished a unit.
bool is_journal(const std::string& file_name);
/// Parses documents of an array; empty for those of a group.
std::optional<Metadata> metadata_of(const Documents& documents);
/// The fields that differ, with both values, "" when the two mean the same.
std::string difference(const Documents& there, const Documents& requested);

/// Files of one array that a journal can keep track of, at a bit each.
inline constexpr Index max_units = Index{1} << 33;
/// The units that the journals of all processes call done. Torn lines count for nothing.
std::vector<bool> read_journals(const std::string& store, Index units);

/// One process's journal. Made by open(), before the process's first partial file: whoever cleans up knows by it who
/// was there.
class Journal {
  public:
    /// `store` outlives the journal.
    Journal(const Folder& store, bool fsync) : store_(store), fsync_(fsync) {}
    ~Journal() { close(); }
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    /// Creates the file, unless it is there. Not thread-safe.
    void open();
    /// Appends one line with one write; at a URL the whole is put again when `flush_seconds` have passed. Not
    /// thread-safe.
    void append(Index unit);
    /// Now others see what was appended. Not thread-safe.
    void flush();
    static constexpr int flush_seconds = 5;
    /// Before the folder goes: network file systems keep an open file that is removed, and with it its folder.
    void close();

  private:
    [[noreturn]] void fail(const char* doing, int errno_value) const;
    const Folder& store_;
    std::string key_;
    bool fsync_;
    int descriptor_ = -1;
    bool empty_ = true;
    std::string text_;  // at a URL, all of it
    bool unflushed_ = false;
    std::chrono::steady_clock::time_point flushed_{};
};

/// Puts `documents` into `store`/__levin. Two processes that do the same at once do no harm.
void write_pending(const Folder& store, const Documents& documents, bool fsync);
/// Makes the documents of a store visible, the one that counts last. What is there already stays as it is.
void publish_documents(const Folder& store, const Documents& documents, bool fsync);
/// Removes `__levin` and partial files that killed processes left behind.
void clean(const std::string& store);

}  // namespace levin::store
