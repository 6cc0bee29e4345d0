/// URLs as users write them: http://, https://, s3://BUCKET/KEY and swift://CONTAINER/NAME.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace levin::remote {

struct Url {
    enum class Scheme { http, https, s3, swift };
    Scheme scheme = Scheme::https;
    std::string host;  ///< HOST or HOST:PORT; the bucket; the container
    std::string path;  ///< http: percent-encoded, with its slash in front; else the key as it is, without one

    bool is_store() const { return scheme == Scheme::s3 || scheme == Scheme::swift; }
};

/// Whether `text` is meant as a URL: it begins with letters and "://". Paths and FORMAT:PATH do not.
bool is_url(std::string_view text);

/// UsageError for another scheme, for "user:password@", a query or a fragment (all of which may hold secrets, and the
/// command line is kept in the history), and for what is no URL. The message shows nothing of a secret.
Url parse_url(std::string_view text);

/// Where "::NAME" begins in what may be a URL, whose host may have two colons too; npos when nothing follows a path.
std::size_t find_member(std::string_view text);

/// `folder` and `name` with one slash between them.
std::string join(std::string_view folder, std::string_view name);

/// RFC 3986, section 2: every byte but letters, digits and -._~ as %XX, and the slash stays where `slashes`. This is
/// what SigV4 calls UriEncode.
std::string percent_encoded(std::string_view text, bool slashes);
/// The reverse; a % without two digits stays.
std::string percent_decoded(std::string_view text);

/// "a=1&b=": names and values encoded, sorted by name, as SigV4 wants them.
using Query = std::vector<std::pair<std::string, std::string>>;
std::string query_text(Query query);

}  // namespace levin::remote
