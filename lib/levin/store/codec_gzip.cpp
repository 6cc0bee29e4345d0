// gzip (RFC 1952, one or several members) and zlib (RFC 1950), both by zlib.
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "levin/core/error.hpp"
#include "levin/store/json.hpp"

namespace levin::store {
namespace {

constexpr int gzip_window = 15 + 16, zlib_window = 15;

/// zlib counts in 32 bits: what is left of a longer run comes in the next round.
uInt step(std::size_t size) { return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max())); }

Bytef* in(Bytes bytes) { return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data())); }

class Deflate final : public Codec {
  public:
    Deflate(std::string_view name, int window, int level) : name_(name), window_(window), level_(level) {}
    std::string_view name() const override { return name_; }

    std::size_t decode(Bytes encoded, MutableBytes out) const override {
        z_stream stream{};
        if (inflateInit2(&stream, window_) != Z_OK)
            throw TransientError(fmt::format("{}: no memory for a decoder", name_));
        const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, inflateEnd);
        std::size_t read = 0, written = 0;
        for (;;) {
            stream.next_in = in(encoded.subspan(read));
            stream.avail_in = step(encoded.size() - read);
            // One spare byte tells an exact fit from data that go on.
            Bytef spare = 0;
            const bool full = written == out.size();
            stream.next_out = full ? &spare : reinterpret_cast<Bytef*>(out.data() + written);
            stream.avail_out = full ? 1 : step(out.size() - written);
            const uInt given_in = stream.avail_in, given_out = stream.avail_out;
            const int status = inflate(&stream, Z_NO_FLUSH);
            read += given_in - stream.avail_in;
            if (full && stream.avail_out == 0)
                throw Error(fmt::format("{}: decodes to more than the {} bytes expected", name_, out.size()));
            if (!full) written += given_out - stream.avail_out;
            if (status == Z_STREAM_END) {
                if (read == encoded.size()) return written;
                inflateReset(&stream);  // another member follows
            } else if (status != Z_OK) {
                const bool short_input = status == Z_BUF_ERROR && read == encoded.size();
                throw Error(fmt::format("{}: {}", name_,
                                        short_input  ? "the data end early"
                                        : stream.msg ? stream.msg
                                                     : zError(status)));
            }
        }
    }

    std::size_t encode(Bytes decoded, Buffer& out) const override {
        z_stream stream{};
        if (deflateInit2(&stream, level_, Z_DEFLATED, window_, 8, Z_DEFAULT_STRATEGY) != Z_OK)
            throw TransientError(fmt::format("{}: no memory for an encoder", name_));
        const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, deflateEnd);
        out.reserve(deflateBound(&stream, decoded.size()));
        std::size_t read = 0, written = 0;
        for (;;) {
            stream.next_in = in(decoded.subspan(read));
            stream.avail_in = step(decoded.size() - read);
            stream.next_out = reinterpret_cast<Bytef*>(out.data() + written);
            stream.avail_out = step(out.size() - written);
            const uInt given_in = stream.avail_in, given_out = stream.avail_out;
            const int status = deflate(&stream, read + given_in == decoded.size() ? Z_FINISH : Z_NO_FLUSH);
            read += given_in - stream.avail_in;
            written += given_out - stream.avail_out;
            if (status == Z_STREAM_END) return written;
            if (status != Z_OK) throw Error(fmt::format("{}: {}", name_, zError(status)));
        }
    }

  private:
    std::string_view name_;
    int window_, level_;
};

CodecPtr make(std::string_view name, int window, const Json& configuration) {
    require_object(configuration, name, {"level"});
    return std::make_shared<Deflate>(name, window, level_of(configuration, -1, 9, 5));
}

}  // namespace

CodecPtr make_gzip(const Json& configuration, std::size_t) { return make("gzip", gzip_window, configuration); }
CodecPtr make_zlib(const Json& configuration, std::size_t) { return make("zlib", zlib_window, configuration); }

}  // namespace levin::store
