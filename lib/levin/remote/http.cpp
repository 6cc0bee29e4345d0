#include "levin/remote/http.hpp"

#include <charconv>

#include "levin/core/module.hpp"

namespace levin::remote {

Library& library() {
    static Library& loaded = module_contents<CurlModule>("curl").library();
    return loaded;
}

std::string library_versions() {
    try {
        return module_contents<CurlModule>("curl").version();
    } catch (const std::exception& error) {
        return std::string("unknown: ") + error.what();
    }
}

const std::string& HttpResponse::header(const char* name) const {
    static const std::string none;
    const auto found = headers.find(name);
    return found == headers.end() ? none : found->second;
}

std::optional<std::uint64_t> HttpResponse::number(const char* name) const {
    const std::string& text = header(name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

}  // namespace levin::remote
