#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <numeric>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/file.hpp"
#include "levin/formats/gzip_file.hpp"
#include "levin/formats/mat/format.hpp"

namespace levin::formats {
namespace {

/// MAT-File Format, "Level 5": data elements begin with a tag, type and bytes, and are padded to 8 bytes.
constexpr std::uint32_t mi_int8 = 1, mi_int32 = 5, mi_uint32 = 6, mi_matrix = 14, mi_compressed = 15;
constexpr std::size_t most_bytes = (std::size_t{1} << 31) - 1;

struct MatType {
    std::uint32_t array_class, data_type;
};

/// mxCLASS and miTYPE of a real type, or of the parts of a complex one.
MatType mat_type(DType dtype) {
    switch (dtype) {
        case DType::boolean:
        case DType::uint8:
            return {9, 2};
        case DType::int8:
            return {8, 1};
        case DType::int16:
            return {10, 3};
        case DType::uint16:
            return {11, 4};
        case DType::int32:
            return {12, 5};
        case DType::uint32:
            return {13, 6};
        case DType::int64:
            return {14, 12};
        case DType::uint64:
            return {15, 13};
        case DType::float32:
        case DType::complex64:
            return {7, 7};
        default:
            return {6, 9};
    }
}

std::size_t padded(std::size_t bytes) { return (bytes + 7) / 8 * 8; }

/// MATLAB's sizes: the array's axes from the last on, y before x; two at least.
Dims mat_dims(const Dims& shape) {
    if (shape.empty()) return {1, 1};
    if (shape.size() == 1) return {shape[0], 1};
    Dims dims(shape.rbegin(), shape.rend());
    std::swap(dims[0], dims[1]);
    return dims;
}

std::string variable_name(const std::string& wanted) {
    const std::string name = wanted.empty() ? "data" : wanted.substr(wanted.starts_with('/') ? 1 : 0);
    const auto fits = [](unsigned char c) { return c < 128 && (std::isalnum(c) || c == '_'); };
    if (name.empty() || name.size() > 63 || !std::isalpha(static_cast<unsigned char>(name[0])) ||
        !std::all_of(name.begin(), name.end(), fits))
        throw UsageError(
            fmt::format("'{}' is no name of a MATLAB variable: expected a letter, then letters, digits and _", wanted));
    return name;
}

void put(std::string& text, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) text += static_cast<char>(value >> 8 * i & 0xff);
}

/// All of the variable's element before the values.
std::string matrix_head(const ArrayInfo& info, const std::string& name) {
    const Dims dims = mat_dims(info.shape);
    const std::size_t parts = is_complex(info.dtype) ? 2 : 1;
    const std::size_t values = 8 + padded(info.bytes() / parts);
    const MatType type = mat_type(info.dtype);
    std::string body;
    for (const std::uint32_t word :
         {mi_uint32, 8u,
          type.array_class | (is_complex(info.dtype) ? 0x800u : 0u) | (info.dtype == DType::boolean ? 0x200u : 0u), 0u,
          mi_int32, static_cast<std::uint32_t>(4 * dims.size())})
        put(body, word);
    for (const Index size : dims) put(body, static_cast<std::uint32_t>(size));
    body.resize(padded(body.size()));
    put(body, mi_int8);
    put(body, static_cast<std::uint32_t>(name.size()));
    body += name;
    body.resize(padded(body.size()));
    std::string head;
    put(head, mi_matrix);
    put(head, static_cast<std::uint32_t>(body.size() + parts * values));
    return head + body;
}

/// Every other word of the values: the real or the imaginary parts.
std::size_t take_part(const ConstView& block, std::size_t part, Buffer& taken) {
    const std::size_t word = word_size(block.dtype), count = static_cast<std::size_t>(block.count());
    taken.reserve(count * word);
    for (std::size_t i = 0; i < count; ++i)
        std::memcpy(taken.data() + i * word, block.data + (2 * i + part) * word, word);
    return count * word;
}

}  // namespace

void check_mat(const ArrayInfo& info) {
    if (info.dtype == DType::float16)
        throw UsageError("MATLAB has no float16; --dtype float32 with levin copy makes one");
    const std::size_t head = 4096;  // more than stands before and between the values
    if (info.bytes() > most_bytes - head)
        throw UsageError(fmt::format(
            "a MAT file of version 5 holds arrays of up to 2 GiB, and {} of {} is {} bytes; write .h5, which "
            "MATLAB's h5read reads, as version 7.3 is HDF5",
            to_string(info.shape), name_of(info.dtype), info.bytes()));
    for (const Index size : info.shape)
        if (size > 0x7fffffff) throw UsageError(fmt::format("MATLAB's sizes are up to 2147483647, not {}", size));
    if (info.rank() > 32) throw UsageError(fmt::format("{} axes are too many for a MAT file", info.rank()));
}

void write_mat(const ArraySource& source, const std::string& path, const WriteOptions& options) {
    const ArrayInfo& info = source.info();
    check_mat(info);
    const std::string name = variable_name(options.dataset);
    std::string head = "MATLAB 5.0 MAT-file, Platform: levin";
    head.resize(116, ' ');
    head += std::string("\0\0\0\0\0\0\0\0\0\1IM", 12);
    put(head, mi_compressed);
    const std::size_t length_at = head.size();
    put(head, 0);

    // Column by column: the file's slowest axis is MATLAB's last.
    std::vector<std::size_t> order(info.rank());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (order.size() > 1) std::swap(order[order.size() - 2], order[order.size() - 1]);
    const PermutedSource columns(source, order);
    const std::size_t parts = is_complex(info.dtype) ? 2 : 1, part_bytes = info.bytes() / parts;
    OutputFile file(path);
    file.write(head);
    DeflateStream stream(file, DeflateStream::Frame::zlib);
    stream.write(matrix_head(info, name));
    Buffer taken;
    for (std::size_t part = 0; part < parts; ++part) {
        std::string tag;
        put(tag, mat_type(info.dtype).data_type);
        put(tag, static_cast<std::uint32_t>(part_bytes));
        stream.write(tag);
        for_each_block(columns, options.memory, options.stop, [&](const Region&, const ConstView& block) {
            if (parts == 1) stream.write(block.data, static_cast<Index>(byte_count(block.shape, info.element_size())));
            else {
                const std::size_t bytes = take_part(block, part, taken);
                stream.write(taken.data(), static_cast<Index>(bytes));
            }
        });
        stream.write(std::string(padded(part_bytes) - part_bytes, '\0'));
    }
    std::string length;
    put(length, static_cast<std::uint32_t>(stream.finish()));
    file.rewrite(static_cast<Index>(length_at), length);
    file.close();
}

}  // namespace levin::formats
