#include "levin/formats/npy.hpp"

#include <fmt/format.h>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/npy_header.hpp"
#include "levin/formats/strided_file.hpp"

namespace levin::formats {
namespace {

NpyHeader read_header(const InputFile& file) {
    if (file.size() < 10) throw Error(fmt::format("{} bytes are too few for a .npy file", file.size()));
    Index at = 0;
    return read_npy_header([&](void* to, Index bytes) {
        if (bytes > file.size() - at)
            throw Error(fmt::format("the header claims {} bytes, the file has {}: it is cut off or damaged", bytes,
                                    file.size()));
        file.read(at, to, bytes);
        at += bytes;
    });
}

std::unique_ptr<ArraySource> read_npy(const InputFile& file) {
    const NpyHeader header = read_header(file);
    NpyArray array = npy_array(header, file.size() - header.bytes);
    return open_strided(file.path(), std::move(array.info), {file.path()}, std::move(array.layout));
}

std::unique_ptr<ArraySource> open_npy(const std::string& path, const ReadOptions&) {
    const InputFile file(path);
    return with_context([&] { return path; }, [&] { return read_npy(file); });
}

void write_npy(const ArraySource& source, const std::string& path, const WriteOptions& options) {
    const ArrayInfo& info = source.info();
    OutputFile file(path);
    file.write(npy_header(info.shape, info.dtype));
    for_each_block(source, options.memory, options.stop, [&](const Region&, const ConstView& block) {
        file.write(block.data, static_cast<Index>(byte_count(block.shape, info.element_size())));
    });
    file.close();
}

}  // namespace

void write_npy_stream(const ArraySource& source, const WriteOptions& options) {
    const ArrayInfo& info = source.info();
    const std::string head = npy_header(info.shape, info.dtype);
    options.pipe(std::as_bytes(std::span(head)));
    for_each_block(source, options.memory, options.stop, [&](const Region&, const ConstView& block) {
        options.pipe({block.data, byte_count(block.shape, info.element_size())});
    });
}

Format npy_format() {
    return {"npy",         {".npy"},
            "NumPy array", [](const std::string&, const std::string& head) { return head.starts_with(npy_magic); },
            open_npy,      write_npy};
}

}  // namespace levin::formats
