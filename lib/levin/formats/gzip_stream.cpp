// What is read and written by way of gzip: arrays, packed bytes in memory, new files.
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "levin/core/error.hpp"
#include "levin/formats/gzip_file.hpp"

namespace levin::formats {
namespace {

constexpr Index most_ratio = 1032;  ///< deflate packs no better

class GzipBytes final : public ByteSource {
  public:
    GzipBytes(const GzipFile& file, Index end) : file_(file), end_(end) {}
    void read(Index offset, void* to, Index bytes) override {
        file_.read(offset, to, bytes);
        if (offset + bytes == end_) file_.check_end(end_);
    }

  private:
    const GzipFile& file_;
    Index end_;
};

class GzipSource final : public ArraySource {
  public:
    GzipSource(std::string name, ArrayInfo info, const std::string& path, StridedLayout layout,
               const std::optional<DeflatedPart>& part)
        : name_(std::move(name)), info_(std::move(info)), file_(path, part), layout_(std::move(layout)) {
        if (info_.chunks.empty()) info_.chunks = cheap_chunks(info_.shape, layout_.strides, info_.element_size());
        const Index size = part ? part->bytes : InputFile(path).size();
        if (__builtin_add_overflow(static_cast<Index>(info_.bytes()), layout_.offset, &end_) ||
            end_ / most_ratio > size)
            throw Error(
                fmt::format("{}: {} bytes cannot unpack to the {} of {} that the header says: the file is cut "
                            "off or damaged",
                            path, size, to_string(info_.shape), name_of(info_.dtype)));
    }
    const ArrayInfo& info() const override { return info_; }
    void read(const Region& region, const View& out) const override {
        GzipBytes bytes(file_, end_);
        read_strided(bytes, layout_, region, out);
    }
    std::size_t scratch_bytes() const override { return static_cast<std::size_t>(strided_scratch + gzip_scratch); }
    std::string name() const override { return name_; }

  private:
    std::string name_;
    ArrayInfo info_;
    GzipFile file_;
    StridedLayout layout_;
    Index end_ = 0;  ///< of the values in what is unpacked
};

}  // namespace

std::unique_ptr<ArraySource> open_strided_gzip(std::string name, ArrayInfo info, const std::string& path,
                                               StridedLayout layout, std::optional<DeflatedPart> part) {
    return std::make_unique<GzipSource>(std::move(name), std::move(info), path, std::move(layout), part);
}

std::vector<std::byte> gunzip(const std::vector<std::byte>& packed, std::size_t most) {
    std::vector<std::byte> bytes(most + 1);  // one more would show that there is more
    z_stream stream{};
    if (inflateInit2(&stream, MAX_WBITS + 32) != Z_OK) throw TransientError("no memory to unpack with zlib");
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_out = static_cast<uInt>(bytes.size());
    const int status = inflate(&stream, Z_FINISH);
    bytes.resize(bytes.size() - stream.avail_out);
    inflateEnd(&stream);
    if (bytes.size() > most) throw Error(fmt::format("unpacks to more than {} bytes: the file is damaged", most));
    if (status != Z_STREAM_END)
        throw Error(fmt::format("the gzip stream of {} bytes is cut off or damaged", packed.size()));
    return bytes;
}

struct DeflateStream::State {
    State(OutputFile& to, int window) : file(to), packed(std::size_t{1} << 18) {
        if (deflateInit2(&stream, 1, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
            throw TransientError("no memory to pack with zlib");
    }
    ~State() { deflateEnd(&stream); }
    void pack(const void* from, Index bytes, int flush) {
        stream.next_in = static_cast<Bytef*>(const_cast<void*>(from));
        stream.avail_in = static_cast<uInt>(bytes);
        do {
            stream.next_out = packed.data();
            stream.avail_out = static_cast<uInt>(packed.size());
            deflate(&stream, flush);
            const auto got = static_cast<Index>(packed.size() - stream.avail_out);
            file.write(packed.data(), got);
            written += got;
        } while (stream.avail_out == 0);
    }
    OutputFile& file;
    std::vector<Bytef> packed;
    z_stream stream{};
    Index written = 0;
};

DeflateStream::DeflateStream(OutputFile& file, Frame frame)
    : state_(std::make_unique<State>(file, frame == Frame::gzip ? MAX_WBITS + 16 : MAX_WBITS)) {}
DeflateStream::~DeflateStream() = default;

void DeflateStream::write(const void* from, Index bytes) {
    constexpr Index most = Index{1} << 30;  // zlib counts in 32 bits
    for (const auto* next = static_cast<const std::byte*>(from); bytes > 0;) {
        const Index part = std::min(bytes, most);
        state_->pack(next, part, Z_NO_FLUSH);
        next += part, bytes -= part;
    }
}

Index DeflateStream::finish() {
    state_->pack(nullptr, 0, Z_FINISH);
    return state_->written;
}

}  // namespace levin::formats
