/// What differs between a plain server, S3 and Swift: how a request is addressed and signed, how objects are listed and
/// how large ones are put together. client.hpp does the rest.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "levin/remote/http.hpp"
#include "levin/remote/url.hpp"

namespace levin::remote {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A request before it is addressed and signed.
struct Ask {
    std::string method = "GET";
    std::string host, path;  ///< as in Url: the bucket and the key, which is "" for the bucket itself
    Query query{};
    Headers headers{};  ///< names in lower case
    Bytes body{};
    std::uint64_t limit = std::uint64_t{1} << 20;  ///< see HttpRequest
};

/// One entry of a listing.
struct Listed {
    std::string key;      ///< from the bucket's root; of a folder with the slash at its end
    bool folder = false;  ///< what several keys begin with, up to the next slash
    std::uint64_t size = 0;
};

class Service {
  public:
    virtual ~Service() = default;
    /// Addressed and signed for now: made again for every try.
    virtual HttpRequest request(const Ask& ask) = 0;
    /// After a 401: true when there are new credentials, once. `used` is what request() had put into the headers.
    virtual bool renew(const HttpRequest& /*used*/) { return false; }
    /// The service's own name of what went wrong, such as "NoSuchBucket"; "" when it gives none. Nothing else of an
    /// answer is shown: S3's quotes the request with its headers.
    virtual std::string code_of(const HttpResponse& response) const = 0;
    /// Whether the ETag of a whole object is the MD5 of its bytes.
    virtual bool tag_is_md5(const HttpResponse& response) const = 0;

    /// A page of the keys that begin with `prefix`; with `folders` those with another slash are one entry. `next` is
    /// where the page after it begins, "" at the end.
    struct Page {
        std::vector<Listed> entries;
        std::string next;
    };
    virtual Ask list_ask(const std::string& host, const std::string& prefix, bool folders, const std::string& from,
                         std::size_t most) const = 0;
    virtual Page parse_page(const HttpResponse& response, std::size_t most) const = 0;

    /// Headers with which a body is put so that the server compares it.
    virtual Headers put_headers(Bytes body) const = 0;

    /// Large objects: `parts` are put one after another, then `finish` makes the object of them, or `abort` takes them
    /// away.
    struct Part {
        std::string tag;
        std::uint64_t size = 0;
    };
    using Perform = std::function<HttpResponse(const Ask&)>;
    virtual std::string begin_parts(const Url& url, const Perform& perform) = 0;
    virtual Ask part_ask(const Url& url, const std::string& upload, std::size_t number, Bytes body) const = 0;
    virtual void finish_parts(const Url& url, const std::string& upload, const std::vector<Part>& parts,
                              const Perform& perform) = 0;
    virtual void abort_parts(const Url& url, const std::string& upload, std::size_t count, const Perform& perform) = 0;
};

/// The one for this URL, which knows its credentials; made when first asked for.
Service& service_of(const Url& url);

std::unique_ptr<Service> make_http_service(bool encrypted);
std::unique_ptr<Service> make_s3_service();
std::unique_ptr<Service> make_swift_service();

/// "https://host:8080/path/" -> scheme and host apart from the path without slash at its end. UsageError naming
/// `variable` for anything else: a user name in it, another scheme.
struct Endpoint {
    std::string origin;  ///< "https://host:8080"
    std::string host;    ///< "host:8080"
    std::string path;    ///< "" or "/path"
};
Endpoint parse_endpoint(const std::string& text, const char* variable);

}  // namespace levin::remote
