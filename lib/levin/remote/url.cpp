#include "levin/remote/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "levin/core/error.hpp"

namespace levin::remote {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Where "://" is after a scheme, npos when there is none.
std::size_t scheme_end(std::string_view text) {
    const std::size_t end = text.find("://");
    if (end == text.npos || end == 0 || !is_letter(text[0])) return text.npos;
    const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; };
    return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), allowed) ? end : text.npos;
}

Url::Scheme scheme_of(std::string_view scheme) {
    if (scheme == "http") return Url::Scheme::http;
    if (scheme == "https") return Url::Scheme::https;
    if (scheme == "s3") return Url::Scheme::s3;
    if (scheme == "swift") return Url::Scheme::swift;
    throw UsageError(
        fmt::format("{}:// is not supported; supported are http://, https://, s3:// and swift://", scheme));
}

/// A bucket's name becomes part of a host's or of a path; a container's is always encoded.
void check_host(const Url& url, std::string_view scheme) {
    const char* what = url.scheme == Url::Scheme::s3      ? "the name of a bucket"
                       : url.scheme == Url::Scheme::swift ? "the name of a container"
                                                          : "a host";
    if (url.host.empty())
        throw UsageError(fmt::format("{}://{}: expected {} after {}://", scheme, url.path, what, scheme));
    const auto allowed = [&](char c) {
        if (url.scheme == Url::Scheme::swift) return static_cast<unsigned char>(c) >= ' ' && c != 127;
        return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' ||
               (!url.is_store() && (c == ':' || c == '[' || c == ']'));
    };
    if (!std::all_of(url.host.begin(), url.host.end(), allowed) || url.host.starts_with('.') ||
        url.host.starts_with('-'))
        throw UsageError(fmt::format("{}://{}: '{}' is not {}", scheme, url.host, url.host, what));
}

/// What may not stand in a URL's path is encoded; what the user has encoded stays.
std::string tidy_path(std::string_view path) {
    constexpr std::string_view others = "\"<>\\^`{|}";
    std::string tidy;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= ' ' || byte >= 127 || others.find(c) != others.npos) tidy += fmt::format("%{:02X}", byte);
        else tidy += c;
    }
    return tidy.empty() ? "/" : tidy;
}

}  // namespace

bool is_url(std::string_view text) { return scheme_end(text) != text.npos; }

Url parse_url(std::string_view text) {
    const std::size_t end = scheme_end(text);
    if (end == text.npos) throw UsageError(fmt::format("{} is no URL", text));
    const std::string_view scheme = text.substr(0, end), rest = text.substr(end + 3);
    Url url;
    url.scheme = scheme_of(scheme);
    const std::size_t slash = rest.find('/');
    const std::string_view path = slash == rest.npos ? std::string_view() : rest.substr(slash + 1);
    url.host = rest.substr(0, slash);
    if (const std::size_t at = url.host.rfind('@'); at != url.host.npos)
        throw UsageError(
            fmt::format("{}://...@{}: a user name or password in a URL would stay in histories and logs; leave it out, "
                        "see levin-remote(7) for where credentials are looked for",
                        scheme, url.host.substr(at + 1)));
    if (url.is_store()) {
        url.path = path;
        check_host(url, scheme);
        return url;
    }
    if (const std::size_t query = rest.find_first_of("?#"); query != rest.npos)
        throw UsageError(
            fmt::format("{}://{}: a URL with '{}' is refused: what follows may be a signature, which would "
                        "stay in histories and logs",
                        scheme, rest.substr(0, query), rest[query]));
    check_host(url, scheme);
    url.path = tidy_path(slash == rest.npos ? "/" : rest.substr(slash));
    return url;
}

std::size_t find_member(std::string_view text) {
    const std::size_t scheme = text.find("://");
    return text.find("::", scheme == text.npos ? 0 : std::min(text.find('/', scheme + 3), text.size()));
}

std::string join(std::string_view folder, std::string_view name) {
    while (folder.ends_with('/')) folder.remove_suffix(1);
    if (folder.empty() || name.empty()) return std::string(folder.empty() ? name : folder);
    return fmt::format("{}/{}", folder, name);
}

std::string percent_encoded(std::string_view text, bool slashes) {
    std::string encoded;
    for (const char c : text) {
        const bool plain = is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain || (slashes && c == '/')) encoded += c;
        else encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

std::string percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const char* digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
            decoded += static_cast<char>(value);
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

std::string query_text(Query query) {
    for (auto& [name, value] : query) {
        name = percent_encoded(name, false);
        value = percent_encoded(value, false);
    }
    std::sort(query.begin(), query.end());
    std::string text;
    for (const auto& [name, value] : query) text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
    return text;
}

}  // namespace levin::remote
