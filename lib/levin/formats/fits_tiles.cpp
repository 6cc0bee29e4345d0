// Tile-compressed FITS images: a table that has a row for each tile, whose packed pixels lie in the heap behind it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "levin/core/error.hpp"
#include "levin/formats/fields.hpp"
#include "levin/formats/fits.hpp"
#include "levin/formats/fits_codecs.hpp"
#include "levin/formats/gzip_file.hpp"

namespace levin::formats {
namespace {

constexpr Index most_chunk = Index{8} << 20, most_row = Index{64} << 10;

/// A column of the table: where in a row it is, and of what type, as TFORM says it. 'P' and 'Q' point into the heap.
struct Column {
    std::size_t offset = 0;
    char type = 0, element = 0;
    explicit operator bool() const { return type != 0; }
};

std::size_t width_of(char type) {
    switch (type) {
        case 'L':
        case 'B':
        case 'A':
            return 1;
        case 'I':
            return 2;
        case 'J':
        case 'E':
            return 4;
        case 'M':
        case 'Q':
            return 16;
        default:
            return 8;  // K D C P
    }
}

std::map<std::string, Column> read_columns(const FitsHeader& header, Index row_bytes) {
    std::map<std::string, Column> columns;
    const Index count = header.integer("TFIELDS").value_or(0);
    std::size_t offset = 0;
    for (Index n = 1; n <= std::min<Index>(count, 999); ++n) {
        const std::string form = header.text(fmt::format("TFORM{}", n));
        const std::size_t letter = std::min(form.find_first_not_of("0123456789"), form.size());
        const Index repeat = letter > 0 && letter < 8 ? std::stol(form.substr(0, letter)) : 1;
        const char type = letter < form.size() ? form[letter] : '?';
        if (std::string_view("LBAIJEMQKDCPX").find(type) == std::string_view::npos || letter >= 8)
            throw Error(fmt::format("TFORM{} is '{}': the file is damaged", n, form));
        if (repeat > 0)
            columns[header.text(fmt::format("TTYPE{}", n))] = {offset, type,
                                                               letter + 1 < form.size() ? form[letter + 1] : '?'};
        offset += type == 'X' ? static_cast<std::size_t>(ceil_div(repeat, 8))
                              : static_cast<std::size_t>(repeat) * width_of(type);
    }
    if (static_cast<Index>(offset) > row_bytes)
        throw Error(fmt::format("the columns take {} bytes of rows of {}: the file is damaged", offset, row_bytes));
    return columns;
}

/// What ZNAMEn and ZVALn say.
Index parameter(const FitsHeader& header, const std::string& name, Index otherwise) {
    for (int n = 1; n <= 9; ++n)
        if (header.text(fmt::format("ZNAME{}", n)) == name)
            return header.integer(fmt::format("ZVAL{}", n)).value_or(otherwise);
    return otherwise;
}

/// The random numbers of the standard's dithering.
const std::vector<float>& dither_numbers() {
    static const std::vector<float> numbers = [] {
        std::vector<float> result;
        std::uint64_t seed = 1;
        for (int i = 0; i < 10000; ++i) {
            seed = seed * 16807 % 2147483647;
            result.push_back(static_cast<float>(static_cast<double>(seed) / 2147483647.0));
        }
        return result;
    }();
    return numbers;
}

/// How floats became integers: value = (integer - random + 0.5) * scale + zero, without the random part if not
/// dithered.
struct Quantization {
    double scale = 0, zero = 0;
    std::optional<Index> blank;
    bool dithered = false, keeps_zero = false;
    Index seed = 0;  ///< of this tile

    template <class T>
    void undo(FitsPixels pixels, T* values) const {
        constexpr std::int64_t exact_zero = -2147483646;
        const auto& numbers = dither_numbers();
        std::size_t start = static_cast<std::size_t>(seed), next = start_of(numbers, start);
        for (std::size_t i = 0; i < pixels.size(); ++i) {
            const auto stored = static_cast<double>(pixels[i]);
            if (blank && pixels[i] == *blank) values[i] = std::numeric_limits<T>::quiet_NaN();
            else if (dithered && keeps_zero && pixels[i] == exact_zero) values[i] = 0;
            else if (dithered)
                values[i] = static_cast<T>((stored - static_cast<double>(numbers[next]) + 0.5) * scale + zero);
            else values[i] = static_cast<T>(stored * scale + zero);
            if (++next < numbers.size()) continue;
            start = (start + 1) % numbers.size();
            next = start_of(numbers, start);
        }
    }

  private:
    static std::size_t start_of(const std::vector<float>& numbers, std::size_t seed) {
        return static_cast<std::size_t>(numbers[seed] * 500);
    }
};

class TilesSource final : public ArraySource {
  public:
    TilesSource(std::string path, ArrayInfo info, const FitsImage& image)
        : path_(std::move(path)),
          info_(std::move(info)),
          header_(image.header),
          grid_(image.shape, image.tile),
          rows_(image.offset),
          row_bytes_(header_.integer("NAXIS1").value_or(0)),
          end_(image.offset + image.data_bytes),
          codec_(header_.text("ZCMPTYPE")),
          columns_(read_columns(header_, row_bytes_)) {
        const Index table = row_bytes_ * header_.integer("NAXIS2").value_or(0);
        const Index heap = header_.integer("THEAP").value_or(table);
        if (row_bytes_ > most_row) throw Error(fmt::format("rows of {} bytes: the file is damaged", row_bytes_));
        if (heap < table || heap > image.data_bytes)
            throw Error(fmt::format("THEAP is {}, but the table has {} bytes and the extension {}: the file is damaged",
                                    heap, table, image.data_bytes));
        heap_ = rows_ + heap;
        if (codec_ == "RICE_ONE") codec_ = "RICE_1";
        const bool known = codec_ == "RICE_1" || codec_ == "GZIP_1" || codec_ == "GZIP_2" || codec_ == "PLIO_1" ||
                           codec_ == "HCOMPRESS_1" || codec_ == "NOCOMPRESS";
        if (parameter(header_, "SMOOTH", 0) != 0)
            throw Error("HCOMPRESS_1 with smoothing is not supported; unpack it with funpack first");
        if (!known) throw Error(fmt::format("tiles packed by '{}' are not supported", codec_));
        info_.chunks = chunks_of(image.tile);
    }
    const ArrayInfo& info() const override { return info_; }
    std::size_t scratch_bytes() const override {
        const auto pixels = static_cast<std::size_t>(product(grid_.cell()));
        return 24 * pixels + most_packed(pixels);
    }
    std::string name() const override { return path_; }

    void read(const Region& region, const View& out) const override {
        if (region.empty()) return;
        const InputFile file(path_);
        Buffer values, pixels;
        for_each_index(grid_.cells(region), [&](const Dims& position) {
            const Region tile = grid_.region(position);
            values.reserve(byte_count(tile.shape, info_.element_size()));
            const View all = contiguous(values.data(), info_.dtype, tile.shape);
            with_context([&] { return fmt::format("{}: tile {}", path_, grid_.number(position)); },
                         [&] { read_tile(file, grid_.number(position), all, pixels); });
            const Region part = intersect(tile, region);
            copy(all.sub(relative_to(part, tile.origin)), out.sub(relative_to(part, region.origin)));
        });
    }

  private:
    static std::size_t most_packed(std::size_t pixels) { return 16 * pixels + (std::size_t{64} << 10); }

    /// Whole tiles along the fast axes, up to a size that suits a chunk.
    Dims chunks_of(const Dims& tile) const {
        Dims chunks = tile;
        for (std::size_t i = info_.rank(); i-- > 0;) {
            const auto bytes = static_cast<Index>(byte_count(chunks, info_.element_size()));
            const Index times = std::clamp<Index>(most_chunk / bytes, 1, ceil_div(info_.shape[i], chunks[i]));
            chunks[i] = std::min(chunks[i] * times, info_.shape[i]);
            if (chunks[i] < info_.shape[i]) break;
        }
        return chunks;
    }
    Column column(const std::string& name) const {
        const auto found = columns_.find(name);
        return found == columns_.end() ? Column{} : found->second;
    }
    /// What a row points to; empty where it points to nothing.
    std::vector<std::byte> heap_bytes(const InputFile& file, const Fields& row, const std::string& name,
                                      std::size_t pixels) const {
        const Column at = column(name);
        if (!at) return {};
        if (at.type != 'P' && at.type != 'Q')
            throw Error(fmt::format("column {} does not point to packed pixels: the file is damaged", name));
        const bool wide = at.type == 'Q';
        const Index count = wide ? row.get<std::int64_t>(at.offset) : row.get<std::int32_t>(at.offset);
        const Index begin = wide ? row.get<std::int64_t>(at.offset + 8) : row.get<std::int32_t>(at.offset + 4);
        const auto width = static_cast<Index>(width_of(at.element));
        if (count < 0 || count > static_cast<Index>(most_packed(pixels)) / width || begin < 0 || begin > end_ - heap_ ||
            count * width > end_ - heap_ - begin)
            throw Error(
                fmt::format("{} values at byte {} of {} are not there: the file is damaged", count, begin, name));
        std::vector<std::byte> bytes(static_cast<std::size_t>(count * width));
        file.read(heap_ + begin, bytes.data(), count * width);
        return bytes;
    }
    /// A number that a column says for each tile, or a card for all.
    std::optional<double> number(const Fields& row, const std::string& name) const {
        const Column at = column(name);
        switch (at.type) {
            case 'D':
                return row.get<double>(at.offset);
            case 'E':
                return row.get<float>(at.offset);
            case 'J':
                return row.get<std::int32_t>(at.offset);
            case 'I':
                return row.get<std::int16_t>(at.offset);
            default:
                return header_.number(name);
        }
    }

    void read_tile(const InputFile& file, Index number_of_tile, const View& out, Buffer& scratch) const {
        const Fields row(file, rows_ + number_of_tile * row_bytes_, static_cast<std::size_t>(row_bytes_), true);
        const auto count = static_cast<std::size_t>(out.count());
        scratch.reserve(count * sizeof(std::int64_t));
        const FitsPixels pixels(scratch.as<std::int64_t>(), count);
        const auto packed = heap_bytes(file, row, "COMPRESSED_DATA", count);
        if (packed.empty()) {
            auto plain = heap_bytes(file, row, "GZIP_COMPRESSED_DATA", count);
            if (!plain.empty()) plain = gunzip(plain, 8 * count);
            else plain = heap_bytes(file, row, "UNCOMPRESSED_DATA", count);
            return put_plain(plain, out);
        }
        const double scale = is_integer(out.dtype) ? 0 : number(row, "ZSCALE").value_or(0);
        const bool by_bytes = codec_ == "GZIP_1" || codec_ == "GZIP_2" || codec_ == "NOCOMPRESS";
        if (by_bytes) {
            auto plain = codec_ == "NOCOMPRESS" ? packed : gunzip(packed, 8 * count);
            if (codec_ == "GZIP_2") plain = unshuffled(plain, count);
            if (scale == 0) return put_plain(plain, out);
            put_integers(plain, pixels);
        } else if (codec_ == "RICE_1") {
            unpack_rice(packed, parameter(header_, "BLOCKSIZE", 32), parameter(header_, "BYTEPIX", 4), pixels);
        } else if (codec_ == "PLIO_1") {
            unpack_plio(packed, pixels);
        } else {
            unpack_hcompress(packed, pixels);
        }
        if (!is_integer(out.dtype) && scale == 0) throw Error("floats without ZSCALE: the file is damaged");
        put_pixels(pixels, row, number_of_tile, scale, out);
    }

    void put_pixels(FitsPixels pixels, const Fields& row, Index tile, double scale, const View& out) const {
        if (is_integer(out.dtype))
            return convert(contiguous(pixels.data(), DType::int64, out.shape), out, OutOfRange::clip);
        Quantization quantization{scale, number(row, "ZZERO").value_or(0), std::nullopt};
        if (const auto blank = number(row, "ZBLANK"))
            quantization.blank = static_cast<Index>(std::clamp(*blank, -4e9, 4e9));
        const std::string method = header_.text("ZQUANTIZ");
        quantization.dithered = method.starts_with("SUBTRACTIVE_DITHER");
        quantization.keeps_zero = method == "SUBTRACTIVE_DITHER_2";
        const Index seed = std::clamp<Index>(header_.integer("ZDITHER0").value_or(1), 1, 10000);
        quantization.seed = (tile % 10000 + seed - 1) % 10000;
        if (out.dtype == DType::float32) quantization.undo(pixels, out.as<float>());
        else quantization.undo(pixels, out.as<double>());
    }

    /// GZIP_2: the first bytes of all values, then the second ones, ...
    static std::vector<std::byte> unshuffled(const std::vector<std::byte>& bytes, std::size_t count) {
        const std::size_t width = bytes.size() / count;
        std::vector<std::byte> result(bytes.size());
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t b = 0; b < width; ++b) result[i * width + b] = bytes[b * count + i];
        return result;
    }
    static DType type_of_width(const std::vector<std::byte>& bytes, std::size_t count) {
        for (const DType type : {DType::uint8, DType::int16, DType::int32, DType::int64})
            if (bytes.size() == count * size_of(type)) return type;
        throw Error(fmt::format("unpacks to {} bytes for {} pixels: the file is damaged", bytes.size(), count));
    }
    static void put_integers(std::vector<std::byte>& bytes, FitsPixels pixels) {
        const DType type = type_of_width(bytes, pixels.size());
        const View values = contiguous(bytes.data(), type, {static_cast<Index>(pixels.size())});
        swap_bytes(values);
        convert(values, contiguous(pixels.data(), DType::int64, values.shape));
    }
    /// Big-endian values as they are; integers may be wider than they need be.
    static void put_plain(std::vector<std::byte>& bytes, const View& out) {
        const auto count = static_cast<std::size_t>(out.count());
        DType type = type_of_width(bytes, count);
        if (!is_integer(out.dtype)) {
            if (bytes.size() != count * size_of(out.dtype))
                throw Error(fmt::format("unpacks to {} bytes for {} pixels: the file is damaged", bytes.size(), count));
            type = out.dtype;
        }
        const View values = contiguous(bytes.data(), type, out.shape);
        swap_bytes(values);
        if (type == out.dtype) copy(values, out);
        else convert(values, out, OutOfRange::clip);
    }

    std::string path_;
    ArrayInfo info_;
    FitsHeader header_;
    Grid grid_;
    Index rows_, row_bytes_, heap_ = 0, end_;
    std::string codec_;
    std::map<std::string, Column> columns_;
};

}  // namespace

std::unique_ptr<ArraySource> open_fits_tiles(const std::string& path, ArrayInfo info, const FitsImage& image) {
    return std::make_unique<TilesSource>(path, std::move(info), image);
}

}  // namespace levin::formats
