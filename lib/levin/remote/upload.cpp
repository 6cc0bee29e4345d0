#include "levin/remote/upload.hpp"

#include <fmt/format.h>

#include <limits>

#include "levin/core/parallel.hpp"
#include "levin/remote/client.hpp"
#include "levin/remote/object.hpp"

namespace levin::remote {
namespace {

void expect_done(const HttpResponse& response, const Url& url, const std::string& shown) {
    if (response.ok()) return;
    throw Error(response.status == 404
                    ? fmt::format("{}: there is no bucket or container {}; make it first", shown, url.host)
                    : fmt::format("{}: the server answers {}", shown, response.status));
}

}  // namespace

void put(const std::string& text, Bytes bytes) {
    const Url url = parse_url(text);
    Service& service = service_of(url);
    Ask ask{"PUT", url.host, url.path};
    ask.body = bytes;
    ask.headers = service.put_headers(bytes);
    expect_done(perform(service, ask, text), url, text);
}

Upload::Upload(std::string url) : url_(std::move(url)), parsed_(parse_url(url_)), service_(service_of(parsed_)) {
    if (!parsed_.is_store()) service_.put_headers({});  // which says that it is for input only
}

Upload::~Upload() {
    if (upload_.empty()) return;
    try {
        const Unstoppable to_the_end;
        service_.abort_parts(parsed_, upload_, parts_.size(), [this](const Ask& ask) { return perform_named(ask); });
    } catch (const std::exception&) {  // what made this one end is worth more to say
    }
}

HttpResponse Upload::perform_named(const Ask& ask) const {
    HttpResponse response = perform(service_, ask, url_);
    if (ask.method != "DELETE") expect_done(response, parsed_, url_);
    return response;
}

void Upload::write(Bytes bytes) {
    size_ += bytes.size();
    while (!bytes.empty()) {
        if (held_.size() == part_bytes) put_part();
        const Bytes now = bytes.first(std::min(bytes.size(), part_bytes - held_.size()));
        held_.insert(held_.end(), now.begin(), now.end());
        bytes = bytes.subspan(now.size());
    }
}

void Upload::put_part() {
    const auto perform_this = [this](const Ask& ask) { return perform_named(ask); };
    if (upload_.empty()) upload_ = service_.begin_parts(parsed_, perform_this);
    const HttpResponse response = perform_named(service_.part_ask(parsed_, upload_, parts_.size(), held_));
    std::string tag = response.header("etag");
    if (tag.empty()) throw Error(fmt::format("{}: the server gives no ETag for a part", url_));
    parts_.push_back({std::move(tag), held_.size()});
    held_.clear();
}

void Upload::finish() {
    if (upload_.empty()) {
        put(url_, held_);
    } else {
        if (!held_.empty()) put_part();
        with_context([this] { return url_; },
                     [this] {
                         service_.finish_parts(parsed_, upload_, parts_,
                                               [this](const Ask& ask) { return perform_named(ask); });
                     });
        upload_.clear();
    }
    held_ = {};
}

void remove(const std::string& text) {
    const Url url = parse_url(text);
    Ask ask{"DELETE", url.host, url.path};
    perform(service_of(url), ask, text);
}

void remove_all(const std::string& url) {
    const std::vector<Entry> entries = list(url, true, std::numeric_limits<std::size_t>::max());
    parallel_for(static_cast<Index>(entries.size()), most_requests, stop(),
                 [&](Index i) { remove(join(url, entries[static_cast<std::size_t>(i)].name)); });
}

}  // namespace levin::remote
