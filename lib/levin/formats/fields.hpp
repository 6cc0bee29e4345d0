/// Numbers and texts at fixed places of a binary header.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "levin/formats/file.hpp"

namespace levin::formats {

class Fields {
  public:
    explicit Fields(std::size_t bytes, bool swap = false) : bytes_(bytes), swap_(swap) {}
    explicit Fields(std::vector<std::byte> bytes, bool swap = false) : bytes_(std::move(bytes)), swap_(swap) {}
    /// `bytes` bytes of `file` from `offset`; Error when it ends before.
    Fields(const InputFile& file, Index offset, std::size_t bytes, bool swap = false) : Fields(bytes, swap) {
        file.read(offset, bytes_.data(), static_cast<Index>(bytes));
    }
    const std::vector<std::byte>& bytes() const { return bytes_; }

    template <class T>
    T get(std::size_t offset) const {
        std::array<std::byte, sizeof(T)> word;
        std::copy_n(bytes_.data() + check(offset, sizeof(T)), sizeof(T), word.begin());
        if (swap_) std::reverse(word.begin(), word.end());
        return std::bit_cast<T>(word);
    }
    template <class T>
    void put(std::size_t offset, T value) {
        auto word = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
        if (swap_) std::reverse(word.begin(), word.end());
        std::copy(word.begin(), word.end(), bytes_.data() + check(offset, sizeof(T)));
    }
    /// The text in a field of `length` bytes: up to its first zero, without blanks at the end.
    std::string text(std::size_t offset, std::size_t length) const {
        const auto* first = reinterpret_cast<const char*>(bytes_.data() + check(offset, length));
        std::string text(first, std::find(first, first + length, '\0'));
        text.erase(text.find_last_not_of(' ') + 1);
        return text;
    }
    /// What is longer than the field is cut off.
    void put_text(std::size_t offset, std::size_t length, const std::string& text) {
        std::memcpy(bytes_.data() + check(offset, length), text.data(), std::min(length, text.size()));
    }

  private:
    std::size_t check(std::size_t offset, std::size_t length) const {
        if (offset > bytes_.size() || length > bytes_.size() - offset)
            throw std::logic_error("field outside of header");
        return offset;
    }

    std::vector<std::byte> bytes_;
    bool swap_;
};

}  // namespace levin::formats
