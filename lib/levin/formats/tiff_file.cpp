#include "levin/formats/tiff_file.hpp"

#include <fmt/format.h>
#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <unordered_set>

#include "levin/core/error.hpp"

namespace levin::formats {
namespace {

thread_local TiffMessages* current_messages = nullptr;

std::string formatted(const char* format, va_list arguments) {
    std::array<char, 512> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    return text.data();
}

void keep_error(const char*, const char* format, va_list arguments) {
    if (current_messages) current_messages->error = formatted(format, arguments);
}

void keep_warning(const char*, const char* format, va_list arguments) {
    if (current_messages) current_messages->warning = formatted(format, arguments);
}

/// An unsigned integer of 2, 4 or 8 bytes in the file's byte order.
std::uint64_t number(const std::byte* data, std::size_t size, bool big_endian) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value = value << 8 | std::to_integer<std::uint64_t>(data[big_endian ? i : size - 1 - i]);
    return value;
}

void put_number(std::byte* data, std::size_t size, bool big_endian, std::uint64_t value) {
    for (std::size_t i = 0; i < size; ++i, value >>= 8)
        data[big_endian ? size - 1 - i : i] = static_cast<std::byte>(value & 0xff);
}

}  // namespace

TiffMessages::TiffMessages() : outer_(current_messages) {
    // The handlers are global in libtiff before 4.5; what they write to is not.
    static std::once_flag installed;
    std::call_once(installed, [] {
        TIFFSetErrorHandler(keep_error);
        TIFFSetWarningHandler(keep_warning);
    });
    current_messages = this;
}

TiffMessages::~TiffMessages() { current_messages = outer_; }

std::string TiffMessages::text() const {
    const std::string& said = error.empty() ? warning : error;
    return said.empty() ? "" : ": " + said;
}

/// TIFF 6.0, section 2: "II" or "MM", 42, 4-byte offset; a directory is a 2-byte count, entries of 12 bytes and the
/// offset of the next. BigTIFF: 43, the offset at byte 8, an 8-byte count, entries of 20 bytes, 8-byte offsets.
TiffDirectories tiff_directories(const InputFile& file) {
    std::array<std::byte, 16> head{};
    if (file.size() < 8) throw Error(fmt::format("{}: {} bytes are too few for a TIFF file", file.path(), file.size()));
    file.read(0, head.data(), std::min<Index>(file.size(), 16));
    TiffDirectories result;
    result.big_endian = head[0] == std::byte{'M'};
    const bool order_known = head[0] == head[1] && (result.big_endian || head[0] == std::byte{'I'});
    const auto version = number(head.data() + 2, 2, result.big_endian);
    result.big_tiff = version == 43;
    if (!order_known || (version != 42 && version != 43) || (result.big_tiff && file.size() < 16))
        throw Error(file.path() + ": not a TIFF file");

    const std::size_t word = result.big_tiff ? 8 : 4, count_size = result.big_tiff ? 8 : 2;
    const std::uint64_t entry = result.big_tiff ? 20 : 12;
    const auto size = static_cast<std::uint64_t>(file.size());
    std::unordered_set<std::uint64_t> seen;
    std::array<std::byte, 8> bytes{};
    for (auto next = number(head.data() + word, word, result.big_endian); next != 0;) {
        const auto beyond = [&] {
            return Error(
                fmt::format("{}: page {} should be at byte {}, but the file has {} bytes: it is cut off or damaged",
                            file.path(), result.offsets.size(), next, size));
        };
        if (!seen.insert(next).second)
            throw Error(
                fmt::format("{}: the directory of page {} is that of an earlier page again: the file is damaged",
                            file.path(), result.offsets.size()));
        if (next > size || size - next < count_size + word) throw beyond();
        file.read(static_cast<Index>(next), bytes.data(), static_cast<Index>(count_size));
        const auto count = number(bytes.data(), count_size, result.big_endian);
        if (count > (size - next - count_size - word) / entry) throw beyond();
        result.offsets.push_back(static_cast<Index>(next));
        file.read(static_cast<Index>(next + count_size + count * entry), bytes.data(), static_cast<Index>(word));
        next = number(bytes.data(), word, result.big_endian);
    }
    if (result.offsets.empty()) throw Error(file.path() + ": a TIFF file without pages");
    return result;
}

Dims TiffPage::shape() const { return samples > 1 ? Dims{samples, height, width} : Dims{height, width}; }

/// What libtiff reads from. The header it sees names the wanted directory as the file's first, so that opening page n
/// costs one directory, not n, and libtiff's own limits and checks on the length of the chain do not apply.
struct TiffReader::Client {
    const InputFile& file;
    std::array<std::byte, 8> first;
    Index first_at, first_size;
    Index position = 0;
    std::exception_ptr failure{};

    static Client& of(thandle_t handle) { return *static_cast<Client*>(handle); }
    static tmsize_t read(thandle_t handle, void* to, tmsize_t bytes) {
        Client& self = of(handle);
        const Index got = self.file.read_some(self.position, to, bytes);
        if (got < 0) {
            self.failure = self.file.failure();
            return -1;
        }
        for (Index i = 0; i < self.first_size; ++i) {
            const Index at = self.first_at + i - self.position;
            if (at >= 0 && at < got) static_cast<std::byte*>(to)[at] = self.first[static_cast<std::size_t>(i)];
        }
        self.position += got;
        return got;
    }
    static tmsize_t write(thandle_t, void*, tmsize_t) { return -1; }
    static toff_t seek(thandle_t handle, toff_t offset, int whence) {
        Client& self = of(handle);
        const auto signed_offset = static_cast<Index>(offset);
        self.position = whence == SEEK_SET   ? signed_offset
                        : whence == SEEK_CUR ? self.position + signed_offset
                                             : self.file.size() + signed_offset;
        return static_cast<toff_t>(self.position);
    }
    static int close(thandle_t) { return 0; }
    static toff_t size(thandle_t handle) { return static_cast<toff_t>(of(handle).file.size()); }
};

TiffReader::TiffReader(const InputFile& file, const TiffDirectories& directories, std::size_t page)
    : client_(new Client{file, {}, directories.big_tiff ? 8 : 4, directories.big_tiff ? 8 : 4}),
      file_size_(file.size()) {
    put_number(client_->first.data(), static_cast<std::size_t>(client_->first_size), directories.big_endian,
               static_cast<std::uint64_t>(directories.offsets[page]));
    // m: no memory map, so that a file that shrinks is an error and not a bus error; c: strips as they are.
    handle_ = TIFFClientOpen(file.path().c_str(), "rmc", client_.get(), Client::read, Client::write, Client::seek,
                             Client::close, Client::size, nullptr, nullptr);
    if (!handle_) fail("cannot read the directory");
}

std::string TiffReader::description() const {
    const char* text = nullptr;
    return TIFFGetField(handle_, TIFFTAG_IMAGEDESCRIPTION, &text) && text ? text : "";
}

TiffReader::~TiffReader() {
    if (handle_) TIFFClose(handle_);
}

void TiffReader::fail(const std::string& doing) const {
    if (client_->failure) with_context([&] { return doing; }, [&] { std::rethrow_exception(client_->failure); });
    throw Error(doing + messages_.text());
}

void TiffReader::read_block(Index block, bool tiled, void* to, Index bytes) const {
    const auto number_of_block = static_cast<std::uint32_t>(block);
    const Index got = tiled ? TIFFReadEncodedTile(handle_, number_of_block, to, bytes)
                            : TIFFReadEncodedStrip(handle_, number_of_block, to, bytes);
    const char* kind = tiled ? "tile" : "strip";
    if (got < 0) fail(fmt::format("cannot decode {} {}", kind, block));
    if (got != bytes) fail(fmt::format("{} {} holds {} bytes, expected {}", kind, block, got, bytes));
}

}  // namespace levin::formats
