// OpenStack Swift's own interface (Object Storage API v1); large objects are static ones (SLO).
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>

#include "levin/remote/digests.hpp"
#include "levin/remote/service.hpp"
#include "levin/remote/swift_session.hpp"

namespace levin::remote {
namespace {

using Json = nlohmann::json;

constexpr std::string_view token_header = "X-Auth-Token: ";

class SwiftService final : public Service {
  public:
    HttpRequest request(const Ask& ask) override {
        HttpRequest request;
        const std::string query = query_text(ask.query);
        std::string token;
        {
            const std::lock_guard lock(guard_);
            if (token_.empty()) begin();
            request.url = place_.origin + place_.path;
            token = token_;
        }
        request.method = ask.method;
        request.url += "/" + percent_encoded(ask.host, false);
        if (!ask.path.empty()) request.url += "/" + percent_encoded(ask.path, true);
        if (!query.empty()) request.url += "?" + query;
        for (const auto& [name, value] : ask.headers) request.headers.push_back(name + ": " + value);
        request.headers.push_back(std::string(token_header) + token);
        request.body = ask.body;
        request.limit = ask.limit;
        return request;
    }

    bool renew(const HttpRequest& used) override {
        const std::lock_guard lock(guard_);
        // Another thread may have done it.
        if (std::find(used.headers.begin(), used.headers.end(), std::string(token_header) + token_) ==
            used.headers.end())
            return true;
        if (!renews_) return false;
        begin();
        return true;
    }

    std::string code_of(const HttpResponse&) const override { return ""; }

    bool tag_is_md5(const HttpResponse& response) const override {
        return is_md5(response.header("etag")) && response.header("x-static-large-object").empty() &&
               response.header("x-object-manifest").empty();
    }

    Ask list_ask(const std::string& host, const std::string& prefix, bool folders, const std::string& from,
                 std::size_t most) const override {
        Ask ask;
        ask.host = host;
        ask.query = {{"format", "json"}, {"limit", fmt::format("{}", std::min(most, page_length))}};
        if (!prefix.empty()) ask.query.emplace_back("prefix", prefix);
        if (folders) ask.query.emplace_back("delimiter", "/");
        if (!from.empty()) ask.query.emplace_back("marker", from);
        ask.limit = std::uint64_t{16} << 20;
        return ask;
    }

    Page parse_page(const HttpResponse& response, std::size_t most) const override {
        const Json document = response.status == 204 ? Json::array() : Json::parse(response.text(), nullptr, false);
        if (!document.is_array()) throw Error("a listing is no list in JSON");
        Page page;
        for (const Json& each : document) {
            const bool folder = each.is_object() && each.contains("subdir");
            const Json name = each.is_object() ? each.value(folder ? "subdir" : "name", Json()) : Json();
            const Json size = each.is_object() ? each.value("bytes", Json(0)) : Json();
            if (!name.is_string() || name.get<std::string>().empty() || !size.is_number_integer())
                throw Error("a listing has an entry without name or size");
            page.entries.push_back({name.get<std::string>(), folder, size.get<std::uint64_t>()});
        }
        if (page.entries.size() >= std::min(most, page_length)) page.next = page.entries.back().key;
        return page;
    }

    Headers put_headers(Bytes body) const override { return {{"etag", hex(library().md5(body))}}; }

    // Segments go where python-swiftclient puts them, into a container of their own, out of the way of listings.
    std::string begin_parts(const Url& url, const Perform& perform) override {
        perform({"PUT", segments_of(url.host), ""});
        std::random_device random;
        return fmt::format("{}/levin/{:08x}{:08x}", url.path, random(), random());
    }

    Ask part_ask(const Url& url, const std::string& upload, std::size_t number, Bytes body) const override {
        Ask ask{"PUT", segments_of(url.host), segment(upload, number)};
        ask.headers = put_headers(body);
        ask.body = body;
        return ask;
    }

    void finish_parts(const Url& url, const std::string& upload, const std::vector<Part>& parts,
                      const Perform& perform) override {
        Json manifest = Json::array();
        for (std::size_t i = 0; i < parts.size(); ++i)
            manifest.push_back({{"path", fmt::format("/{}/{}", segments_of(url.host), segment(upload, i))},
                                {"etag", parts[i].tag},
                                {"size_bytes", parts[i].size}});
        const std::string text = manifest.dump();
        Ask ask{"PUT", url.host, url.path, {{"multipart-manifest", "put"}}};
        ask.body = bytes_of(text);
        perform(ask);
    }

    void abort_parts(const Url& url, const std::string& upload, std::size_t count, const Perform& perform) override {
        for (std::size_t i = 0; i < count; ++i) perform({"DELETE", segments_of(url.host), segment(upload, i)});
    }

  private:
    static constexpr std::size_t page_length = 10000;

    static std::string segments_of(const std::string& container) { return container + "_segments"; }
    static std::string segment(const std::string& upload, std::size_t number) {
        return fmt::format("{}/{:08}", upload, number);
    }

    void begin() {
        SwiftSession session = open_swift_session(from_environment);
        place_ = parse_endpoint(session.storage_url, "the storage URL of swift://");
        token_ = std::move(session.token);
    }

    std::mutex guard_;  // the fields below
    Endpoint place_;
    std::string token_;
    const bool renews_ = renews(from_environment);
};

}  // namespace

std::unique_ptr<Service> make_swift_service() { return std::make_unique<SwiftService>(); }

}  // namespace levin::remote
