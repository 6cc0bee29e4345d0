/// Objects behind URLs, read: whole, by range, or looked at; and what a bucket or container holds.
///
/// Every function performs its requests on the calling thread and is safe from several. UsageError for a URL that can
/// never be right; Error for what the server refuses; TransientError when it fails longer than the patience of
/// retry.hpp.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "levin/remote/http.hpp"

namespace levin::remote {

struct ObjectState {
    std::uint64_t size = 0;
    std::string tag;            ///< ETag, or Last-Modified where there is none; "" when the server tells neither
    std::int64_t modified = 0;  ///< seconds since 1970; 0 when the server does not tell
};

/// What comes with the request that opens an object: all of it when it has at most `bytes`, or so many from its begin
/// or end.
struct Opening {
    enum class What { whole, begin, end } what = What::whole;
    std::uint64_t bytes = 0;
};

/// An object as it was when it was opened. When it is another by the time of a later read, that is an Error: two halves
/// of two objects would be neither.
class Object {
  public:
    /// Null when there is none. Costs one request.
    static std::shared_ptr<Object> open(const std::string& url, const Opening& opening);

    const std::string& url() const { return url_; }
    const ObjectState& state() const { return state_; }
    /// All bytes, where opening brought all; else empty.
    Bytes whole() const;
    /// What opening brought, from the begin; the object keeps nothing of it.
    Buffer give_up();
    /// Fills `out` from `offset`; Error when the object ends before. Costs nothing for what opening brought, else a
    /// request for every 8 MiB, which are held besides `out`.
    void read(std::uint64_t offset, MutableBytes out) const;

  private:
    Object(std::string url, ObjectState state) : url_(std::move(url)), state_(std::move(state)) {}
    void fetch(std::uint64_t offset, MutableBytes out) const;
    std::string url_;
    ObjectState state_;
    Buffer held_;
    std::uint64_t held_at_ = 0, held_size_ = 0;
};

/// The most bytes of an object that one request brings.
inline constexpr std::uint64_t longest_range = std::uint64_t{8} << 20;

/// Empty when there is no such object.
std::optional<ObjectState> look(const std::string& url);

struct Entry {
    std::string name;     ///< below the folder
    bool folder = false;  ///< then without the slash at its end
    std::uint64_t size = 0;
};
/// What lies below the folder `url`, in no order; at most `most` entries. With `deep` every object, else objects and
/// folders of the first level. Empty when there is nothing. UsageError for http, where nothing can be listed.
std::vector<Entry> list(const std::string& url, bool deep, std::size_t most);

}  // namespace levin::remote
