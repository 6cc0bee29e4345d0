/// One HTTP request and what came of it, and the abstract library that performs it. Only the module in curl/ knows
/// which it is.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "levin/core/error.hpp"
#include "levin/core/stop.hpp"
#include "levin/core/view.hpp"

namespace levin::remote {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

inline Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

struct HttpRequest {
    std::string method = "GET";
    std::string url;                   ///< encoded as it is to be sent
    std::vector<std::string> headers;  ///< "name: value"; they may hold secrets, and are never shown
    Bytes body;                        ///< of PUT and POST; must live as long as the request
    std::uint64_t limit = 0;           ///< the body of an answer that succeeds is not longer, or is not fetched
    bool follow = false;               ///< redirects, never from https to http; only where no credentials are sent
    StopToken stop;
};

struct HttpResponse {
    int status = 0;
    std::map<std::string, std::string> headers;  ///< names in lower case; of one that comes twice the last
    Buffer body;                                 ///< of a status from 300 on at most the first 64 KiB
    std::size_t size = 0;                        ///< bytes in `body`
    bool cut = false;                            ///< the body is longer than the limit, and was left

    bool ok() const { return status >= 200 && status < 300; }
    Bytes bytes() const { return {body.data(), size}; }
    std::string_view text() const { return {reinterpret_cast<const char*>(body.data()), size}; }
    /// "" when there is no such header.
    const std::string& header(const char* name) const;
    /// A header that is an unsigned number.
    std::optional<std::uint64_t> number(const char* name) const;
};

/// The connection failed, or ended before its time: the same request may succeed.
class ConnectionLost final : public TransientError {
  public:
    using TransientError::TransientError;
};

/// What the layer needs of libcurl and of libcrypto. Safe from several threads.
class Library {
  public:
    virtual ~Library() = default;
    /// At most `most_requests` are under way at a time, others wait. ConnectionLost for what may pass; Error for a
    /// certificate that cannot be verified and for an answer whose length nothing tells; Interrupted by request.stop.
    /// What it says names neither URL nor headers: the caller knows what the user calls it.
    virtual HttpResponse perform(const HttpRequest& request) = 0;
    /// Raw bytes of the digests of FIPS 180-4, RFC 2104 and RFC 1321.
    virtual std::string sha256(Bytes bytes) = 0;
    virtual std::string hmac_sha256(std::string_view key, std::string_view text) = 0;
    virtual std::string md5(Bytes bytes) = 0;
};

inline constexpr int most_requests = 16;

/// Loads the module `curl` when it is first called.
Library& library();
/// "7.88.1, 3.0.19": of libcurl and libcrypto; what is wrong with a module that cannot be loaded.
std::string library_versions();

/// What that module holds.
struct CurlModule {
    Library& (*library)();
    std::string (*version)();
};

/// Bytes as lower-case hexadecimal digits.
std::string hex(std::string_view bytes);

}  // namespace levin::remote
