/// Forms in which digests stand in headers.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>

namespace levin::remote {

/// RFC 4648, section 4.
inline std::string base64(std::string_view bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        unsigned word = 0;
        for (std::size_t k = 0; k < 3; ++k)
            word = word << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k) text += i + k <= bytes.size() ? letters[word >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

/// Whether an ETag, quoted or not, is 32 hexadecimal digits.
inline bool is_md5(std::string_view tag) {
    if (tag.size() == 34 && tag.front() == '"' && tag.back() == '"') tag = tag.substr(1, 32);
    return tag.size() == 32 &&
           std::all_of(tag.begin(), tag.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace levin::remote
