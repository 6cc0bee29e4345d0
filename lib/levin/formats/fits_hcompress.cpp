// HCOMPRESS_1: the bit planes of a quantized H-transform, as quadtrees. The transform keeps, of every 2 by 2 pixels,
// their sum and their differences along both axes and the diagonal; the sums are transformed again, until one is left.
#include <algorithm>
#include <bit>
#include <vector>

#include "levin/formats/fits_bits.hpp"

namespace levin::formats {
namespace {

constexpr const char* codec = "HCOMPRESS_1";
constexpr std::size_t header_bytes = 25;  ///< 2 of magic, 4 rows, 4 columns, 4 scale, 8 sum, 3 numbers of bit planes
constexpr int most_planes = 62;

using Value = std::int64_t;

/// Sums that wrap around, as those of a damaged tile may.
Value add(Value a, Value b) {
    return static_cast<Value>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
Value subtract(Value a, Value b) {
    return static_cast<Value>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
Value towards_zero(Value value, Value bit) { return value >= 0 ? subtract(value, bit) : add(value, bit); }
/// To a multiple of `unit`, a power of two, halves away from zero.
Value rounded(Value value, Value unit) {
    const Value half = unit / 2;
    return add(value, value >= 0 || half == 0 ? half : half - 1) & -unit;
}

int levels_of(Index size) {
    return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(std::max<Index>(size, 1) - 1)));
}

/// One rectangle of coefficients within the rows of the tile.
struct Quadrant {
    Value* first;
    Index stride, rows, columns;
};

/// The four bits that say which quarters of a node hold something.
unsigned take_node(FitsBits& bits) {
    constexpr unsigned of_4_bits[]{3, 5, 10, 12, 15}, of_5_bits[]{6, 7, 9, 11, 13};
    std::uint64_t code = bits.take(3);
    if (code < 4) return 1u << code;
    code = code << 1 | bits.take(1);
    if (code < 13) return of_4_bits[code - 8];
    code = code << 1 | bits.take(1);
    if (code < 31) return of_5_bits[code - 26];
    return bits.take(1) == 0 ? 0 : 14;
}

/// The finest nodes of a bit plane, one for 2 by 2 coefficients, row by row.
std::vector<unsigned char> take_plane(FitsBits& bits, Index rows, Index columns) {
    std::vector<unsigned char> nodes;
    const std::uint64_t kind = bits.take(4);
    if (kind == 0) {  // without a tree
        nodes.resize(static_cast<std::size_t>(ceil_div(rows, 2) * ceil_div(columns, 2)));
        for (auto& node : nodes) node = static_cast<unsigned char>(bits.take(4));
        return nodes;
    }
    if (kind != 15) fail_tile(codec, "has an unknown bit plane");
    nodes.push_back(static_cast<unsigned char>(take_node(bits)));
    for (int level = levels_of(std::max(rows, columns)) - 1; level > 0; --level) {
        const Index height = ceil_div(rows, Index{1} << level), width = ceil_div(columns, Index{1} << level);
        std::vector<unsigned char> finer(static_cast<std::size_t>(height * width));
        for (Index i = height; i-- > 0;)
            for (Index j = width; j-- > 0;) {
                const unsigned node = nodes[static_cast<std::size_t>(i / 2 * ceil_div(width, 2) + j / 2)];
                if (node >> (3 - 2 * (i & 1) - (j & 1)) & 1)
                    finer[static_cast<std::size_t>(i * width + j)] = static_cast<unsigned char>(take_node(bits));
            }
        nodes = std::move(finer);
        if (bits.exhausted()) fail_tile(codec, "ends before its pixels do");
    }
    return nodes;
}

void take_quadrant(FitsBits& bits, const Quadrant& quadrant, int planes) {
    for (int plane = planes; plane-- > 0;) {
        const auto nodes = take_plane(bits, quadrant.rows, quadrant.columns);
        if (bits.exhausted()) fail_tile(codec, "ends before its pixels do");
        const Index width = ceil_div(quadrant.columns, 2);
        for (Index i = 0; i < quadrant.rows; ++i)
            for (Index j = 0; j < quadrant.columns; ++j) {
                const unsigned node = nodes[static_cast<std::size_t>(i / 2 * width + j / 2)];
                quadrant.first[i * quadrant.stride + j] |= Value{node >> (3 - 2 * (i & 1) - (j & 1)) & 1} << plane;
            }
    }
}

/// Puts the second half of `count` values between those of the first.
void interleave(Value* first, Index count, Index stride, std::vector<Value>& scratch) {
    const Index half = ceil_div(count, 2);
    for (Index i = 0; i < count; ++i)
        scratch[static_cast<std::size_t>(i)] = first[(i % 2 == 0 ? i / 2 : half + i / 2) * stride];
    for (Index i = 0; i < count; ++i) first[i * stride] = scratch[static_cast<std::size_t>(i)];
}

/// Turns sums and differences back into what they were made of, from the coarsest on.
class Inverse {
  public:
    Inverse(Value* values, Index rows, Index columns) : values_(values), rows_(rows), columns_(columns) {}
    void run() {
        const int levels = levels_of(std::max(rows_, columns_));
        std::vector<Value> scratch(static_cast<std::size_t>(std::max(rows_, columns_)));
        values_[0] = rounded(values_[0], Value{2} << levels);
        for (int level = levels - 1; level >= 0; --level) {
            unit_ = Value{1} << level;
            shift_ = level == 0 ? 2 : 1;
            const Index rows = ceil_div(rows_, Index{1} << level), columns = ceil_div(columns_, Index{1} << level);
            for (Index i = 0; i < rows; ++i) interleave(values_ + i * columns_, columns, 1, scratch);
            for (Index j = 0; j < columns; ++j) interleave(values_ + j, rows, columns_, scratch);
            for (Index i = 0; i < rows; i += 2)
                for (Index j = 0; j < columns; j += 2) undo(values_ + i * columns_ + j, i + 1 < rows, j + 1 < columns);
        }
    }

  private:
    void undo(Value* at, bool has_below, bool has_right) const {
        if (has_below && has_right) square(at);
        else if (has_below) pair(at, at + columns_);
        else if (has_right) pair(at, at + 1);
        else *at >>= shift_;
    }
    /// Two pixels of an odd edge: their sum and difference.
    void pair(Value* sum, Value* difference) const {
        const Value d = rounded(*difference, 2 * unit_), s = towards_zero(*sum, d & (2 * unit_));
        *difference = add(s, d) >> shift_;
        *sum = subtract(s, d) >> shift_;
    }
    /// Low bits were left out where they follow from others: those of the differences from the diagonal's, and those of
    /// the sum from all three.
    void square(Value* at) const {
        Value &s00 = at[0], &s01 = at[1], &s10 = at[columns_], &s11 = at[columns_ + 1];
        const Value diagonal = rounded(s11, unit_), low = diagonal & unit_;
        const Value x = towards_zero(rounded(s10, 2 * unit_), low), y = towards_zero(rounded(s01, 2 * unit_), low);
        const Value next = (diagonal ^ x ^ y) & (2 * unit_);
        const Value sum = s00 >= 0   ? subtract(add(s00, low), next)
                          : low == 0 ? add(s00, next)
                                     : subtract(add(s00, low), next);
        s11 = add(add(sum, x), add(y, diagonal)) >> shift_;
        s10 = subtract(add(sum, x), add(y, diagonal)) >> shift_;
        s01 = subtract(add(sum, y), add(x, diagonal)) >> shift_;
        s00 = subtract(add(sum, diagonal), add(x, y)) >> shift_;
    }

    Value* values_;
    Index rows_, columns_;
    Value unit_ = 1;
    int shift_ = 1;
};

}  // namespace

void unpack_hcompress(FitsBytes packed, FitsPixels pixels) {
    if (packed.size() < header_bytes || big_endian(packed, 0, 2) != 0xdd99) fail_tile(codec, "has no header");
    const Index rows = big_endian(packed, 2, 4), columns = big_endian(packed, 6, 4);
    if (rows < 2 || columns < 2 || columns > static_cast<Index>(pixels.size()) ||
        rows > static_cast<Index>(pixels.size()) || static_cast<std::size_t>(rows * columns) != pixels.size())
        fail_tile(codec, "says another size than the image, or is a single row");
    int planes[3];
    for (std::size_t i = 0; i < 3; ++i) {
        planes[i] = std::to_integer<int>(packed[22 + i]);
        if (planes[i] > most_planes) fail_tile(codec, "says too many bit planes");
    }
    std::fill(pixels.begin(), pixels.end(), 0);
    Value* first = pixels.data();
    const Index top = ceil_div(rows, 2), left = ceil_div(columns, 2);
    FitsBits bits(packed.subspan(header_bytes));
    take_quadrant(bits, {first, columns, top, left}, planes[0]);
    take_quadrant(bits, {first + left, columns, top, columns / 2}, planes[1]);
    take_quadrant(bits, {first + columns * top, columns, rows / 2, left}, planes[1]);
    take_quadrant(bits, {first + columns * top + left, columns, rows / 2, columns / 2}, planes[2]);
    if (bits.take(4) != 0) fail_tile(codec, "does not end where its bit planes do");
    bits.align();
    for (Value& value : pixels)
        if (value != 0 && bits.take(1)) value = -value;
    if (bits.exhausted()) fail_tile(codec, "ends before its signs do");
    pixels[0] = big_endian(packed, 14, 8);
    if (const auto scale = static_cast<std::uint64_t>(big_endian(packed, 10, 4)); scale > 1)
        for (Value& value : pixels) value = static_cast<Value>(static_cast<std::uint64_t>(value) * scale);
    Inverse(first, rows, columns).run();
}

}  // namespace levin::formats
