#include "levin/remote/object.hpp"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "levin/remote/client.hpp"

namespace levin::remote {
namespace {

std::int64_t parse_date(const std::string& text) {
    struct tm parts {};
    const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return end && *end == '\0' ? ::timegm(&parts) : 0;
}

ObjectState state_of(const HttpResponse& response, std::uint64_t size) {
    const std::string &tag = response.header("etag"), &date = response.header("last-modified");
    return {size, tag.empty() ? date : tag, parse_date(date)};
}

struct ContentRange {
    std::uint64_t first = 0, last = 0, size = 0;
};

/// "bytes 0-99/1234" (RFC 9110, section 14.4).
ContentRange parse_range(const HttpResponse& response) {
    const std::string& text = response.header("content-range");
    const char *at = text.data(), *end = at + text.size();
    ContentRange range;
    const auto number = [&](std::string_view before, std::uint64_t& value) {
        if (!std::string_view(at, static_cast<std::size_t>(end - at)).starts_with(before)) return false;
        const auto [next, error] = std::from_chars(at + before.size(), end, value);
        at = next;
        return error == std::errc();
    };
    if (!number("bytes ", range.first) || !number("-", range.last) || !number("/", range.size) || at != end ||
        range.first > range.last || range.last >= range.size || range.last - range.first + 1 != response.size)
        throw Error(fmt::format("the server sends {} bytes as the range '{}', which cannot be", response.size, text));
    return range;
}

Ask ask_for(const Url& url, const char* method) {
    Ask ask;
    ask.method = method;
    ask.host = url.host;
    ask.path = url.path;
    return ask;
}

[[noreturn]] void refuse_ranges(const std::string& url) {
    throw Error(
        fmt::format("{}: the server does not send parts of a file (range requests); fetch the file first", url));
}

[[noreturn]] void refuse_change(const std::string& url) {
    throw Error(fmt::format("{} has changed while it was read", url));
}

}  // namespace

std::shared_ptr<Object> Object::open(const std::string& text, const Opening& opening) {
    const Url url = parse_url(text);
    Ask ask = ask_for(url, "GET");
    ask.limit = opening.bytes;
    const bool whole = opening.what == Opening::What::whole;
    if (opening.what == Opening::What::begin)
        ask.headers = {{"range", fmt::format("bytes=0-{}", std::max<std::uint64_t>(opening.bytes, 1) - 1)}};
    if (opening.what == Opening::What::end) ask.headers = {{"range", fmt::format("bytes=-{}", opening.bytes)}};
    HttpResponse response = perform(service_of(url), ask, text);
    if (response.status == 404) return nullptr;
    const auto made = [&](std::uint64_t size) {
        return std::shared_ptr<Object>(new Object(text, state_of(response, size)));
    };
    if (response.status == 416) {  // no byte of an empty object is in a range
        if (const auto state = look(text); state && state->size == 0) return made(0);
        refuse_change(text);
    }
    if (response.status == 412) refuse_change(text);
    if (response.cut) {
        const auto size = response.number("content-length");
        if (!whole) refuse_ranges(text);
        if (!size) throw Error(fmt::format("{} has more than the {} bytes that make sense", text, opening.bytes));
        return made(*size);
    }
    ContentRange range{0, 0, response.size};
    if (response.status == 206) range = with_context([&] { return text; }, [&] { return parse_range(response); });
    const auto object = made(range.size);
    object->held_at_ = range.first;
    object->held_size_ = response.size;
    object->held_ = std::move(response.body);
    return object;
}

Bytes Object::whole() const {
    return held_size_ == state_.size && held_size_ > 0 ? Bytes{held_.data(), held_size_} : Bytes{};
}

Buffer Object::give_up() {
    Buffer given(static_cast<std::size_t>(held_size_));
    if (held_size_ > 0) std::memcpy(given.data(), held_.data(), held_size_);
    held_ = Buffer();
    held_at_ = held_size_ = 0;
    return given;
}

void Object::read(std::uint64_t offset, MutableBytes out) const {
    if (offset > state_.size || out.size() > state_.size - offset)
        throw Error(fmt::format("{} ends at byte {}, bytes {} to {} were expected", url_, state_.size, offset,
                                offset + out.size()));
    while (!out.empty()) {
        std::uint64_t count = std::min<std::uint64_t>(out.size(), longest_range);
        if (offset >= held_at_ && offset < held_at_ + held_size_) {
            count = std::min(count, held_at_ + held_size_ - offset);
            std::memcpy(out.data(), held_.data() + (offset - held_at_), count);
        } else {
            if (offset < held_at_) count = std::min(count, held_at_ - offset);
            fetch(offset, out.first(count));
        }
        offset += count;
        out = out.subspan(count);
    }
}

void Object::fetch(std::uint64_t offset, MutableBytes out) const {
    const Url url = parse_url(url_);
    Ask ask = ask_for(url, "GET");
    ask.headers = {{"range", fmt::format("bytes={}-{}", offset, offset + out.size() - 1)}};
    ask.limit = out.size();
    const HttpResponse response = perform(service_of(url), ask, url_);
    if (response.status == 200 && out.size() < state_.size) refuse_ranges(url_);
    // The tag is compared here, not by If-Match, which weak tags do not allow and some servers do not know.
    if (!response.ok() || state_of(response, 0).tag != state_.tag) refuse_change(url_);
    const ContentRange range = response.status == 200
                                   ? ContentRange{0, response.size - 1, response.size}
                                   : with_context([&] { return url_; }, [&] { return parse_range(response); });
    if (range.size != state_.size) refuse_change(url_);
    if (range.first != offset || response.size != out.size())
        throw Error(fmt::format("{}: the server sends bytes {} to {}, asked for {} to {}", url_, range.first,
                                range.last, offset, offset + out.size() - 1));
    std::memcpy(out.data(), response.body.data(), out.size());
}

std::optional<ObjectState> look(const std::string& text) {
    const Url url = parse_url(text);
    const HttpResponse response = perform(service_of(url), ask_for(url, "HEAD"), text);
    if (response.status == 404) return std::nullopt;
    return state_of(response, response.number("content-length").value_or(0));
}

std::vector<Entry> list(const std::string& text, bool deep, std::size_t most) {
    const Url url = parse_url(text);
    Service& service = service_of(url);
    std::string prefix = url.path;
    while (prefix.ends_with('/')) prefix.pop_back();
    if (!prefix.empty()) prefix += '/';
    std::vector<Entry> entries;
    std::string from;
    do {
        const Ask ask =
            service.list_ask(url.host, url.is_store() ? prefix : url.path, !deep, from, most - entries.size());
        const HttpResponse response = perform(service, ask, text);
        if (response.status == 404) throw Error(fmt::format("{}: there is no bucket or container {}", text, url.host));
        if (response.cut) throw Error(fmt::format("{}: a listing has more than {} bytes", text, ask.limit));
        const Service::Page page = with_context([&] { return fmt::format("listing {}", text); },
                                                [&] { return service.parse_page(response, most - entries.size()); });
        for (const Listed& each : page.entries) {
            if (!each.key.starts_with(prefix) || entries.size() == most) continue;
            std::string name = each.key.substr(prefix.size());
            if (each.folder && name.ends_with('/')) name.pop_back();
            if (!name.empty())
                entries.push_back({std::move(name), each.folder, each.size});  // some mark folders by objects
        }
        if (page.next == from) break;
        from = page.next;
    } while (!from.empty() && entries.size() < most);
    return entries;
}

}  // namespace levin::remote
