// Pixels of one page: strip by strip or tile by tile through libtiff, or straight from the file where they lie there
// plainly.
#include <algorithm>

#include "levin/core/view.hpp"
#include "levin/formats/strided_file.hpp"
#include "levin/formats/tiff_file.hpp"

namespace levin::formats {
namespace {

/// The part of one block (strip or tile) of a page that lies in `region` (c, y, x), copied to `out`.
class PageReader {
  public:
    PageReader(const TiffReader& reader, const TiffPage& page) : reader_(reader), page_(page) {}

    void read(const Region& region, const View& out, Buffer& scratch) const {
        const Grid blocks({page_.height, page_.width}, {page_.block_height, page_.block_width});
        const Region touched = blocks.cells({{region.origin[1], region.origin[2]}, {region.shape[1], region.shape[2]}});
        const Index first = page_.separate ? region.origin[0] : 0, last = page_.separate ? region.end(0) : 1;
        for (Index plane = first; plane < last; ++plane)
            for_each_index(touched, [&](const Dims& position) {
                read_block(plane, plane * blocks.size() + blocks.number(position), blocks.region(position), region, out,
                           scratch);
            });
    }

  private:
    void read_block(Index plane, Index number, const Region& block, const Region& region, const View& out,
                    Buffer& scratch) const {
        const Index rows = page_.tiled ? page_.block_height : block.shape[0];
        const Index samples = page_.separate ? 1 : page_.samples, size = static_cast<Index>(size_of(page_.dtype));
        const bool bits = page_.dtype == DType::boolean;
        const Index row_bytes = bits ? ceil_div(page_.block_width, 8) : page_.block_width * samples * size;
        const Region box{{page_.separate ? plane : 0, block.origin[0], block.origin[1]},
                         {samples, block.shape[0], block.shape[1]}};
        const Region common = intersect(box, region);
        const View target = out.sub(relative_to(common, region.origin));
        if (!bits && samples == 1 && target.is_contiguous() && common == box &&
            row_bytes * rows == common.count() * size)
            return reader_.read_block(number, page_.tiled, target.data, row_bytes * rows);
        scratch.reserve(static_cast<std::size_t>(row_bytes * rows));
        reader_.read_block(number, page_.tiled, scratch.data(), row_bytes * rows);
        const Region part = relative_to(common, box.origin);
        if (bits) return expand_bits(scratch.data(), row_bytes, part, target);
        copy(ConstView(scratch.data(), page_.dtype, {samples, rows, page_.block_width},
                       {size, row_bytes, samples * size})
                 .sub(part),
             target);
    }

    void expand_bits(const std::byte* packed, Index row_bytes, const Region& part, const View& target) const {
        for (Index y = 0; y < part.shape[1]; ++y)
            for (Index x = 0; x < part.shape[2]; ++x) {
                const Index column = part.origin[2] + x;
                const auto byte = packed[(part.origin[1] + y) * row_bytes + column / 8];
                target.data[y * target.strides[1] + x * target.strides[2]] = (byte >> (7 - column % 8)) & std::byte{1};
            }
    }

    const TiffReader& reader_;
    const TiffPage& page_;
};

class OneFile final : public ByteSource {
  public:
    explicit OneFile(const InputFile& file) : file_(file) {}
    void read(Index offset, void* to, Index bytes) override { file_.read(offset, to, bytes); }

  private:
    const InputFile& file_;
};

}  // namespace

Dims plain_strides(const TiffPage& page) {
    const auto size = static_cast<Index>(size_of(page.dtype));
    const Index pixel = page.separate ? size : size * page.samples;
    return {page.separate ? size * page.width * page.height : size, pixel * page.width, pixel};
}

void read_tiff_page(const InputFile& file, const TiffReader& reader, const TiffPage& page, bool big_endian,
                    const Region& region, const View& out, Buffer& scratch) {
    if (page.plain_offset < 0) return PageReader(reader, page).read(region, out, scratch);
    OneFile bytes(file);
    read_strided(bytes, {page.plain_offset, plain_strides(page), big_endian}, region, out);
}

}  // namespace levin::formats
