#include <fcntl.h>
#include <fmt/format.h>
#include <tiffio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/tiff.hpp"
#include "levin/formats/tiff_file.hpp"
#include "levin/formats/tiff_imagej.hpp"
#include "levin/formats/tiff_ome.hpp"

namespace levin::formats {
namespace {

/// Above this many raw bytes the offsets of a classic TIFF, 32 bits wide, would not do.
constexpr std::size_t classic_limit = 3'900'000'000;

/// How the array becomes pages.
struct Plan {
    std::vector<std::size_t> order;  ///< of the array's axes: pages, slowest first, then y, x
    Index height = 1, width = 1, pages = 1;
    Index rows_per_strip = 1;
    int compression = COMPRESSION_NONE;
    std::string description;
    double x_resolution = 0, y_resolution = 0;
    int resolution_unit = RESUNIT_NONE;
};

int parse_compression(const std::string& name) {
    int compression = -1;
    if (name.empty() || name == "none") compression = COMPRESSION_NONE;
    if (name == "lzw") compression = COMPRESSION_LZW;
    if (name == "deflate") compression = COMPRESSION_ADOBE_DEFLATE;
    if (name == "packbits") compression = COMPRESSION_PACKBITS;
    if (name == "zstd") compression = COMPRESSION_ZSTD;
    if (compression < 0)
        throw UsageError(
            fmt::format("unknown TIFF compression '{}': expected none, lzw, deflate, packbits or zstd", name));
    if (!TIFFIsCODECConfigured(static_cast<std::uint16_t>(compression)))
        throw UsageError(fmt::format("this libtiff was built without {}", name));
    return compression;
}

/// Pixel size and spacings, in one unit where ImageJ is to understand them, else in cm.
void plan_calibration(Plan& plan, const Axes& axes, std::optional<ImageJ>& imagej) {
    const auto x = find_axis(axes, "x"), y = find_axis(axes, "y");
    if (!x || !(axes[*x].spacing > 0)) return;
    const Axis& reference = axes[*x];
    const std::string unit = imagej ? reference.unit : "um";
    const auto size_in_unit = [&](const Axis& axis) {
        return axis.unit == unit ? axis.spacing : axis.spacing * unit_factor(axis.unit, unit).value_or(0);
    };
    const double scale = imagej ? 1 : 1e4;  // 10000 um are 1 cm
    const double x_size = size_in_unit(reference), y_size = y ? size_in_unit(axes[*y]) : 0;
    if (!(x_size > 0)) return;
    plan.resolution_unit = imagej ? RESUNIT_NONE : RESUNIT_CENTIMETER;
    plan.x_resolution = scale / x_size;
    plan.y_resolution = y_size > 0 ? scale / y_size : 0;
    if (!imagej) return;
    imagej->unit = unit;
    if (const auto z = find_axis(axes, "z")) imagej->spacing = size_in_unit(axes[*z]);
}

/// "x.ome.tif" and the like.
bool is_ome_name(const std::string& path) {
    const std::filesystem::path stem = std::filesystem::path(path).stem();
    return stem.extension() == ".ome" || stem.extension() == ".OME";
}

std::string ome_description(const ArrayInfo& info, const std::string& path) {
    for (std::size_t i = 0; i < info.rank(); ++i)
        if (std::string_view("tczyx").find(info.axes[i].name) == std::string_view::npos || info.axes[i].name.empty() ||
            (i + 2 >= info.rank() && info.axes[i].name != (i + 1 == info.rank() ? "x" : "y")))
            throw UsageError(
                fmt::format("OME-TIFF has the axes t, c, z, y and x, pages of y and x; here axis {} is '{}': "
                            "write plain TIFF, .tif without .ome",
                            i, info.axes[i].name));
    const std::filesystem::path stem = std::filesystem::path(path).stem().stem();
    return format_ome(info.axes, info.shape, info.dtype, stem.string());
}

Plan make_plan(const ArrayInfo& info, const WriteOptions& options) {
    Plan plan;
    plan.compression = parse_compression(options.compression);
    if (info.rank() == 0 || product(info.shape) == 0)
        throw UsageError(fmt::format("an array of shape {} has no pixels to write as TIFF", to_string(info.shape)));
    if (is_complex(info.dtype))
        throw UsageError(fmt::format("TIFF cannot hold {}: write its parts or its power", name_of(info.dtype)));
    const std::size_t leading = info.rank() < 2 ? 0 : info.rank() - 2;
    for (std::size_t i = 0; i < info.rank(); ++i) plan.order.push_back(i);
    // ImageJ wants channels fastest, OME's order has them slower than z.
    const auto c = find_axis(info.axes, "c"), z = find_axis(info.axes, "z");
    if (c && z && *c < *z && *z < leading)
        std::rotate(plan.order.begin() + static_cast<Index>(*c), plan.order.begin() + static_cast<Index>(*c) + 1,
                    plan.order.begin() + static_cast<Index>(*z) + 1);
    plan.width = info.shape.back();
    plan.height = info.rank() < 2 ? 1 : info.shape[leading];
    plan.pages = product({info.shape.begin(), info.shape.begin() + static_cast<Index>(leading)});
    if (plan.width > 0x7fffffff || plan.height > 0x7fffffff)
        throw UsageError(fmt::format("{} by {} pixels are too many for a page of TIFF", plan.height, plan.width));

    // ImageJ reads integers up to 32 bits and floats, signed or not. Of the others it makes nothing, but the axes come
    // back here.
    std::optional<ImageJ> imagej;
    if (info.dtype != DType::boolean) {
        imagej.emplace();
        imagej->images = plan.pages;
        if (c && *c < leading) imagej->channels = info.shape[*c];
        if (z && *z < leading) imagej->slices = info.shape[*z];
        imagej->frames = plan.pages / (imagej->channels * imagej->slices);
        if (const auto t = find_axis(info.axes, "t"); t && *t < leading) {
            imagej->frame_interval = info.axes[*t].spacing;
            if (!info.axes[*t].unit.empty()) imagej->time_unit = info.axes[*t].unit;
        }
    }
    plan_calibration(plan, info.axes, imagej);
    if (is_ome_name(options.path)) plan.description = ome_description(info, options.path);
    else if (imagej) plan.description = format_imagej(*imagej);
    // Programs map an uncompressed page as one piece; a compressed one is better cut, so that a part can be read.
    const auto row = static_cast<Index>(info.element_size()) * plan.width;
    const Index strip = plan.compression == COMPRESSION_NONE ? Index{64} << 20 : Index{256} << 10;
    plan.rows_per_strip = std::clamp<Index>(strip / row, 1, plan.height);
    return plan;
}

/// A TIFF being written; the system's error behind a failure is kept.
class TiffWriter {
  public:
    TiffWriter(const std::string& path, bool big) : path_(path) {
        descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor_ < 0) throw_system_error("cannot create " + path, errno);
        handle_ =
            TIFFClientOpen(path.c_str(), big ? "w8m" : "wm", this, read, write, seek, no_close, size, nullptr, nullptr);
        if (!handle_) {
            ::close(descriptor_);
            fail();
        }
    }
    ~TiffWriter() {
        if (handle_) TIFFCleanup(handle_);
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    TiffWriter(const TiffWriter&) = delete;
    TiffWriter& operator=(const TiffWriter&) = delete;

    void begin_page(const Plan& plan, DType dtype) {
        const int bits = dtype == DType::boolean ? 1 : 8 * static_cast<int>(size_of(dtype));
        const int format = is_floating(dtype)                              ? SAMPLEFORMAT_IEEEFP
                           : dtype >= DType::int8 && dtype <= DType::int64 ? SAMPLEFORMAT_INT
                                                                           : SAMPLEFORMAT_UINT;
        set(TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(plan.width));
        set(TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(plan.height));
        set(TIFFTAG_BITSPERSAMPLE, bits);
        set(TIFFTAG_SAMPLEFORMAT, format);
        set(TIFFTAG_SAMPLESPERPIXEL, 1);
        set(TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
        set(TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
        set(TIFFTAG_ROWSPERSTRIP, static_cast<std::uint32_t>(plan.rows_per_strip));
        set(TIFFTAG_COMPRESSION, plan.compression);
        const bool predicts = plan.compression == COMPRESSION_LZW || plan.compression == COMPRESSION_ADOBE_DEFLATE ||
                              plan.compression == COMPRESSION_ZSTD;
        if (predicts && is_integer(dtype) && bits <= 32) set(TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
        if (plan.x_resolution > 0) set(TIFFTAG_XRESOLUTION, plan.x_resolution);
        if (plan.y_resolution > 0) set(TIFFTAG_YRESOLUTION, plan.y_resolution);
        if (plan.x_resolution > 0) set(TIFFTAG_RESOLUTIONUNIT, plan.resolution_unit);
        if (page_ == 0 && !plan.description.empty()) set(TIFFTAG_IMAGEDESCRIPTION, plan.description.c_str());
        // The first two directories of plain pages stand before their pixels: tifffile takes a stack with ImageJ's
        // description for one piece of pixels, of which only the first page is told, wherever all could lie before the
        // second directory.
        ahead_ = page_ < 2 && plan.pages > 1 && plan.compression == COMPRESSION_NONE;
        if (ahead_ && !(TIFFDeferStrileArrayWriting(handle_) && TIFFWriteCheck(handle_, 0, "levin") &&
                        TIFFWriteDirectory(handle_) && TIFFSetDirectory(handle_, static_cast<tdir_t>(page_)) &&
                        TIFFForceStrileArrayWriting(handle_)))
            fail();
    }
    void write_row(std::byte* row, Index y) {
        if (TIFFWriteScanline(handle_, row, static_cast<std::uint32_t>(y), 0) < 0) fail();
    }
    void end_page() {
        if (ahead_) {
            if (!TIFFFlush(handle_)) fail();
            TIFFFreeDirectory(handle_);
            TIFFCreateDirectory(handle_);
        } else if (!TIFFWriteDirectory(handle_)) fail();
        if (error_) fail();  // libtiff forgets some
        ++page_;
    }
    void close() {
        const bool flushed = TIFFFlush(handle_);
        TIFFCleanup(std::exchange(handle_, nullptr));
        if (!flushed || error_) fail();
        if (::close(std::exchange(descriptor_, -1)) != 0) throw_system_error("cannot write " + path_, errno);
    }

  private:
    template <class T>
    void set(std::uint32_t tag, T value) {
        if (!TIFFSetField(handle_, tag, value)) fail();
    }
    [[noreturn]] void fail() const {
        if (error_) throw_system_error("cannot write " + path_, error_);
        throw Error("cannot write " + path_ + messages_.text());
    }

    static TiffWriter& of(thandle_t handle) { return *static_cast<TiffWriter*>(handle); }
    static tmsize_t read(thandle_t handle, void* to, tmsize_t bytes) {
        return ::read(of(handle).descriptor_, to, static_cast<std::size_t>(bytes));
    }
    static tmsize_t write(thandle_t handle, void* from, tmsize_t bytes) {
        tmsize_t done = 0;
        while (done < bytes) {
            const auto written = ::write(of(handle).descriptor_, static_cast<char*>(from) + done,
                                         static_cast<std::size_t>(bytes - done));
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) {
                of(handle).error_ = errno;
                return -1;
            }
            done += written;
        }
        return done;
    }
    static toff_t seek(thandle_t handle, toff_t offset, int whence) {
        return static_cast<toff_t>(::lseek(of(handle).descriptor_, static_cast<off_t>(offset), whence));
    }
    static int no_close(thandle_t) { return 0; }
    static toff_t size(thandle_t handle) { return static_cast<toff_t>(::lseek(of(handle).descriptor_, 0, SEEK_END)); }

    TiffMessages messages_;
    std::string path_;
    int descriptor_ = -1, error_ = 0;
    Index page_ = 0;
    bool ahead_ = false;  ///< the directory is in the file before the page's pixels
    TIFF* handle_ = nullptr;
};

void pack_bits(const std::byte* values, Index count, std::vector<std::byte>& packed) {
    std::fill(packed.begin(), packed.end(), std::byte{0});
    for (Index i = 0; i < count; ++i)
        if (values[i] != std::byte{0}) packed[static_cast<std::size_t>(i / 8)] |= std::byte{0x80} >> (i % 8);
}

}  // namespace

void check_tiff(const ArrayInfo& info) { make_plan(info, {}); }

void write_tiff(const ArraySource& source, const std::string& path, const WriteOptions& options) {
    const ArrayInfo& info = source.info();
    const Plan plan = make_plan(info, options);
    const bool bits = info.dtype == DType::boolean;
    const Index row_bytes = plan.width * static_cast<Index>(info.element_size());
    std::vector<std::byte> packed(static_cast<std::size_t>(ceil_div(plan.width, 8)));
    TiffWriter writer(path, info.bytes() > classic_limit);
    Index y = 0;
    for_each_block(PermutedSource(source, plan.order), options.memory, options.stop,
                   [&](const Region&, const ConstView& block) {
                       // libtiff swaps bytes and predicts in place, so it gets a row of its own.
                       std::vector<std::byte> row(static_cast<std::size_t>(row_bytes));
                       for (Index i = 0; i < block.count() / plan.width; ++i) {
                           if (y == 0) writer.begin_page(plan, info.dtype);
                           const std::byte* from = block.data + i * row_bytes;
                           if (bits) pack_bits(from, plan.width, packed);
                           else row.assign(from, from + row_bytes);
                           writer.write_row(bits ? packed.data() : row.data(), y);
                           if (++y == plan.height) {
                               writer.end_page();
                               y = 0;
                           }
                       }
                   });
    writer.close();
}

}  // namespace levin::formats
