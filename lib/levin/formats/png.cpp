#include "levin/formats/png.hpp"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <csetjmp>
#include <cstdio>
#include <utility>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/file.hpp"

namespace levin::formats {
namespace {

constexpr png_uint_32 largest_side = 0x7fffffff;

/// libpng reports errors by longjmp. Every call that may fail runs inside guarded(), in a frame that holds nothing with
/// a destructor; there the jump ends and becomes an Error.
class Png {
  public:
    template <class Work>
    void guarded(const Work& work) {
        if (setjmp(png_jmpbuf(png_)) != 0) {
            if (failure_) std::rethrow_exception(failure_);
            throw Error(message_.data());
        }
        work();
    }

  protected:
    static void keep(png_structp png, png_const_charp text) {
        auto& self = *static_cast<Png*>(png_get_error_ptr(png));
        std::snprintf(self.message_.data(), self.message_.size(), "%s", text);
    }
    [[noreturn]] static void stop(png_structp png, png_const_charp text) {
        keep(png, text);
        png_longjmp(png, 1);
    }
    static void ignore(png_structp, png_const_charp) {}
    void require_handles() const {
        if (!png_ || !info_) throw TransientError("no memory for libpng");
    }

    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
    std::array<char, 256> message_{};
    std::exception_ptr failure_;  ///< of a read, in the place of libpng's message
};

class PngReader : public Png {
  public:
    explicit PngReader(const InputFile& file) : file_(file) {
        png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, stop, ignore);
        if (png_) info_ = png_create_info_struct(png_);
        try {
            require_handles();
            start();
        } catch (...) {
            png_destroy_read_struct(&png_, &info_, nullptr);
            throw;
        }
    }
    ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;

    Index width = 0, height = 0, channels = 0, row_bytes = 0;
    bool interlaced = false;
    DType dtype = DType::uint8;

    /// Decodes the next row, or with interlaced images all of them, `row_bytes` apart.
    void read_row(std::byte* row) {
        guarded([&] { png_read_row(png_, reinterpret_cast<png_bytep>(row), nullptr); });
    }
    void read_all(std::byte* image) {
        guarded([&] {
            for (int pass = png_set_interlace_handling(png_); pass > 0; --pass)
                for (Index y = 0; y < height; ++y)
                    png_read_row(png_, reinterpret_cast<png_bytep>(image + y * row_bytes), nullptr);
        });
    }
    /// After the last row: what remains of the file must be whole too.
    void finish() {
        guarded([&] { png_read_end(png_, nullptr); });
    }

  private:
    void start() {
        guarded([&] {
            png_set_read_fn(png_, this, read_bytes);
            png_set_user_limits(png_, largest_side, largest_side);
            png_read_info(png_, info_);
            if (png_get_color_type(png_, info_) == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png_);
            if (png_get_bit_depth(png_, info_) < 8) png_set_expand_gray_1_2_4_to_8(png_);
            if (png_get_bit_depth(png_, info_) == 16 && std::endian::native == std::endian::little) png_set_swap(png_);
            interlaced = png_get_interlace_type(png_, info_) != PNG_INTERLACE_NONE;
            if (interlaced) png_set_interlace_handling(png_);
            stored_row_bytes_ = static_cast<Index>(png_get_rowbytes(png_, info_));
            png_read_update_info(png_, info_);
            width = png_get_image_width(png_, info_);
            height = png_get_image_height(png_, info_);
            channels = png_get_channels(png_, info_);
            row_bytes = static_cast<Index>(png_get_rowbytes(png_, info_));
            dtype = png_get_bit_depth(png_, info_) == 16 ? DType::uint16 : DType::uint8;
        });
        // Deflate gives at most 1032 bytes for one.
        if (stored_row_bytes_ > file_.size() * 1032 / height)
            throw Error(fmt::format(
                "the header claims {} rows of {} columns, more than {} bytes can hold: the file is cut off or damaged",
                height, width, file_.size()));
    }
    static void read_bytes(png_structp png, png_bytep to, png_size_t bytes) {
        auto& self = *static_cast<PngReader*>(png_get_io_ptr(png));
        const auto wanted = static_cast<Index>(bytes);
        const Index got = self.file_.read_some(self.position_, to, wanted);
        if (got < 0) self.failure_ = self.file_.failure();
        if (got != wanted) png_error(png, "the file is cut off");
        self.position_ += wanted;
    }

    const InputFile& file_;
    Index position_ = 0, stored_row_bytes_ = 0;
};

class PngSource final : public ArraySource {
  public:
    explicit PngSource(const std::string& path) : path_(path) {
        const InputFile file(path);
        with_context([&] { return path_; },
                     [&] {
                         const PngReader reader(file);
                         info_.dtype = reader.dtype;
                         info_.shape = {reader.height, reader.width};
                         info_.axes = axes_from_letters("yx");
                         if (reader.channels > 1) {
                             info_.shape.insert(info_.shape.begin(), reader.channels);
                             info_.axes = axes_from_letters("cyx");
                         }
                         scratch_ = byte_count({reader.row_bytes, reader.interlaced ? reader.height : 1}, 1);
                     });
        info_.chunks = info_.shape;
    }
    const ArrayInfo& info() const override { return info_; }
    std::size_t scratch_bytes() const override { return scratch_; }
    std::string name() const override { return path_; }

    void read(const Region& region, const View& out) const override {
        if (region.empty()) return;
        const InputFile file(path_);
        with_context([&] { return path_; }, [&] { decode(file, region, out); });
    }

  private:
    void decode(const InputFile& file, const Region& region, const View& out) const {
        PngReader reader(file);
        const bool colour = info_.rank() == 3;
        if (reader.dtype != info_.dtype || reader.height != info_.shape[colour] || reader.width != info_.shape.back() ||
            reader.channels != (colour ? info_.shape[0] : 1))
            throw Error("the file has changed since it was opened");
        Buffer scratch(scratch_);
        if (reader.interlaced) reader.read_all(scratch.data());
        const std::size_t y_axis = colour;
        const auto size = static_cast<Index>(info_.element_size());
        const Dims strides =
            colour ? Dims{size, reader.row_bytes, size * reader.channels} : Dims{reader.row_bytes, size};
        for (Index y = 0; y < region.end(y_axis); ++y) {
            if (!reader.interlaced) reader.read_row(scratch.data());
            if (y < region.origin[y_axis]) continue;
            Region row = region, target = Region::whole(region.shape);
            row.origin[y_axis] = reader.interlaced ? y : 0;
            target.origin[y_axis] = y - region.origin[y_axis];
            row.shape[y_axis] = target.shape[y_axis] = 1;
            copy(ConstView(scratch.data(), info_.dtype, info_.shape, strides).sub(row), out.sub(target));
        }
        if (reader.interlaced || region.end(y_axis) == reader.height) reader.finish();
    }

    std::string path_;
    ArrayInfo info_;
    std::size_t scratch_ = 0;
};

class PngWriter : public Png {
  public:
    explicit PngWriter(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "wbx")) {
        if (!file_) throw_system_error("cannot create " + path, errno);
        png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, this, stop, ignore);
        if (png_) info_ = png_create_info_struct(png_);
    }
    ~PngWriter() {
        png_destroy_write_struct(&png_, &info_);
        if (file_) std::fclose(file_);
    }
    PngWriter(const PngWriter&) = delete;
    PngWriter& operator=(const PngWriter&) = delete;

    void begin(Index height, Index width, Index channels, DType dtype) {
        require_handles();
        const int depth = dtype == DType::boolean ? 1 : dtype == DType::uint16 ? 16 : 8;
        const int colour = channels == 1   ? PNG_COLOR_TYPE_GRAY
                           : channels == 3 ? PNG_COLOR_TYPE_RGB
                                           : PNG_COLOR_TYPE_RGB_ALPHA;
        writing([&] {
            png_init_io(png_, file_);
            png_set_user_limits(png_, largest_side, largest_side);
            png_set_IHDR(png_, info_, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), depth, colour,
                         PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
            png_write_info(png_, info_);
            if (depth == 1) png_set_packing(png_);
            if (depth == 16 && std::endian::native == std::endian::little) png_set_swap(png_);
        });
    }
    void write_row(const std::byte* row) {
        writing([&] { png_write_row(png_, reinterpret_cast<png_const_bytep>(row)); });
    }
    void close() {
        writing([&] { png_write_end(png_, info_); });
        if (std::fclose(std::exchange(file_, nullptr)) != 0) throw_system_error("cannot write " + path_, errno);
    }

  private:
    template <class Work>
    void writing(const Work& work) {
        try {
            guarded(work);
        } catch (const Error&) {
            if (file_ && std::ferror(file_)) throw_system_error("cannot write " + path_, errno);
            throw;
        }
    }

    std::string path_;
    std::FILE* file_;
};

bool is_colour(const ArrayInfo& info) {
    return info.rank() == 3 && info.axes[0].name == "c" && (info.shape[0] == 3 || info.shape[0] == 4) &&
           info.dtype != DType::boolean;
}

void check_png(const ArrayInfo& info) {
    if (info.dtype != DType::uint8 && info.dtype != DType::uint16 && info.dtype != DType::boolean)
        throw UsageError(fmt::format(
            "PNG holds uint8, uint16 or bool, not {}: map the values with --contrast or convert with --dtype",
            name_of(info.dtype)));
    if (info.rank() != 2 && !is_colour(info))
        throw UsageError(
            fmt::format("PNG holds one image, (y, x) or (c, y, x) with 3 or 4 channels, not {} with axes {}: select "
                        "one plane, or --split an axis",
                        to_string(info.shape), letters(info.axes)));
    const Index height = info.shape[info.rank() - 2], width = info.shape.back();
    if (height == 0 || width == 0 || height > largest_side || width > largest_side)
        throw UsageError(fmt::format("{} is no size for a PNG image", to_string(info.shape)));
}

void write_png(const ArraySource& source, const std::string& path, const WriteOptions& options) {
    const ArrayInfo& info = source.info();
    check_png(info);
    const bool colour = is_colour(info);
    const Index channels = colour ? info.shape[0] : 1, height = info.shape[colour], width = info.shape.back();
    PngWriter writer(path);
    writer.begin(height, width, channels, info.dtype);
    const PermutedSource interleaved(source,
                                     colour ? std::vector<std::size_t>{1, 2, 0} : std::vector<std::size_t>{0, 1});
    // Blocks of whole rows: one row is the least that is read.
    const auto row_bytes = width * channels * static_cast<Index>(info.element_size());
    std::vector<std::byte> row(static_cast<std::size_t>(row_bytes));
    Index filled = 0;
    for_each_block(interleaved, options.memory, options.stop, [&](const Region&, const ConstView& block) {
        const std::byte* from = block.data;
        for (Index left = block.count() * static_cast<Index>(info.element_size()); left > 0;) {
            const Index part = std::min(left, row_bytes - filled);
            std::copy(from, from + part, row.begin() + filled);
            from += part, left -= part, filled += part;
            if (filled < row_bytes) continue;
            writer.write_row(row.data());
            filled = 0;
        }
    });
    writer.close();
}

std::unique_ptr<ArraySource> open_png(const std::string& path, const ReadOptions&) {
    return std::make_unique<PngSource>(path);
}

}  // namespace

Format png_format() {
    return {
        "png",       {".png"},
        "PNG image", [](const std::string&, const std::string& head) { return head.starts_with("\x89PNG\r\n\x1a\n"); },
        open_png,    write_png,
        check_png};
}

}  // namespace levin::formats
