// Plain servers: objects are read, by range where the server can do that. Nothing can be listed or written.
#include <fmt/format.h>

#include <cstdlib>

#include "levin/remote/service.hpp"

namespace levin::remote {
namespace {

class HttpService final : public Service {
  public:
    explicit HttpService(bool encrypted) : origin_(encrypted ? "https://" : "http://") {}

    HttpRequest request(const Ask& ask) override {
        HttpRequest request;
        request.method = ask.method;
        request.url = origin_ + ask.host + ask.path;
        for (const auto& [name, value] : ask.headers) request.headers.push_back(name + ": " + value);
        request.limit = ask.limit;
        request.follow = true;  // without credentials there is nothing that another host could learn
        return request;
    }
    std::string code_of(const HttpResponse&) const override { return ""; }
    bool tag_is_md5(const HttpResponse&) const override { return false; }

    Ask list_ask(const std::string& host, const std::string& prefix, bool, const std::string&,
                 std::size_t) const override {
        throw UsageError(
            fmt::format("{}{}{}: a web server does not tell what is in a folder; name the files or arrays meant",
                        origin_, host, prefix));
    }
    Page parse_page(const HttpResponse&, std::size_t) const override { return {}; }
    Headers put_headers(Bytes) const override { refuse(); }
    std::string begin_parts(const Url&, const Perform&) override { refuse(); }
    Ask part_ask(const Url&, const std::string&, std::size_t, Bytes) const override { refuse(); }
    void finish_parts(const Url&, const std::string&, const std::vector<Part>&, const Perform&) override { refuse(); }
    void abort_parts(const Url&, const std::string&, std::size_t, const Perform&) override { refuse(); }

  private:
    [[noreturn]] void refuse() const { throw UsageError(origin_ + " is for input only; write to s3:// or swift://"); }
    std::string origin_;
};

}  // namespace

std::unique_ptr<Service> make_http_service(bool encrypted) { return std::make_unique<HttpService>(encrypted); }

Service& service_of(const Url& url) {
    // Each made once, when it is first asked for; what is missing in the environment shows then.
    switch (url.scheme) {
        case Url::Scheme::http: {
            static const auto service = make_http_service(false);
            return *service;
        }
        case Url::Scheme::https: {
            static const auto service = make_http_service(true);
            return *service;
        }
        case Url::Scheme::s3: {
            static const auto service = make_s3_service();
            return *service;
        }
        case Url::Scheme::swift:
            break;
    }
    static const auto service = make_swift_service();
    return *service;
}

Endpoint parse_endpoint(const std::string& text, const char* variable) {
    const auto refuse = [&]() -> UsageError {
        // The text is not shown: a password may be in it.
        return UsageError(
            fmt::format("{}: expected http://HOST[:PORT][/PATH] or https://..., without a user name, a password "
                        "or a query",
                        variable));
    };
    if (!is_url(text)) throw refuse();
    try {
        const Url url = parse_url(text);
        if (url.is_store()) throw refuse();
        std::string path = url.path;
        while (path.ends_with('/')) path.pop_back();
        return {(url.scheme == Url::Scheme::https ? "https://" : "http://") + url.host, url.host, path};
    } catch (const UsageError&) {
        throw refuse();
    }
}

}  // namespace levin::remote
