/// Iterations that several jobs share, in rounds: every part leaves a row in the round's arrays, then a merge reads all
/// rows and begins the next round with a state. They lie in `__levin/round-N` of the store in the making, as stores
/// that are written by the same protocol, and go when it is published.
#pragma once
#include <optional>

#include "levin/core/error.hpp"
#include "levin/store/array.hpp"
#include "levin/store/writer.hpp"

namespace levin::store {

/// The array of a round that says, by its journals, who has done his share of it.
inline constexpr const char* records = "records";

/// What another node wrote is not seen yet, as network file systems show it late.
class LateError final : public TransientError {
  public:
    using TransientError::TransientError;
};

class Rounds {
  public:
    /// `store`: the folder of the store in the making.
    Rounds(std::string store, bool fsync) : store_(std::move(store)), fsync_(fsync) {}

    /// The newest round that has begun, from 0; empty where there are no rounds.
    std::optional<Index> newest() const;
    /// What `begin` was told; none for round 0, with which nobody needs to begin.
    std::vector<std::int64_t> state(Index round) const;
    /// The array `name` of a round, (parts, length), for parts to write their row to: row i is unit i. Error when the
    /// round has another number of parts. This and what follows throw LateError.
    ArrayWriter rows(Index round, const std::string& name, DType dtype, Index parts, Index length) const;

    /// How many parts a round has; 0 as long as none has come.
    Index parts(Index round) const;
    /// Those that have not done their share, from 1.
    std::vector<Index> missing(Index round) const;
    /// Makes the arrays of a round readable, in which no part is missing.
    void close(Index round) const;
    /// The array `name` of a closed round. A row that is not seen is an error, never zeros.
    std::unique_ptr<Array> read(Index round, const std::string& name) const;
    /// Begins a round. What is older than the one before it is removed: nobody needs it.
    void begin(Index round, const std::vector<std::int64_t>& state) const;

  private:
    std::string folder(Index round) const;
    std::string array(Index round, const std::string& name) const { return folder(round) + "/" + name; }

    std::string store_;
    bool fsync_;
};

}  // namespace levin::store
