#include "levin/formats/npy_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <tuple>
#include <utility>

#include "levin/core/error.hpp"

namespace levin::formats {
namespace {

constexpr Index longest_header = Index{1} << 20;

constexpr std::array<std::pair<std::string_view, DType>, 14> codes{{{"b1", DType::boolean},
                                                                    {"i1", DType::int8},
                                                                    {"i2", DType::int16},
                                                                    {"i4", DType::int32},
                                                                    {"i8", DType::int64},
                                                                    {"u1", DType::uint8},
                                                                    {"u2", DType::uint16},
                                                                    {"u4", DType::uint32},
                                                                    {"u8", DType::uint64},
                                                                    {"f2", DType::float16},
                                                                    {"f4", DType::float32},
                                                                    {"f8", DType::float64},
                                                                    {"c8", DType::complex64},
                                                                    {"c16", DType::complex128}}};

struct Fields {
    std::string descr;
    bool fortran_order = false;
    Dims shape;
    bool has_order = false, has_shape = false;
};

/// The header's text: a literal of Python's dict with exactly these three keys.
class HeaderParser {
  public:
    explicit HeaderParser(std::string_view text) : text_(text) {}

    Fields parse() {
        Fields header;
        expect('{');
        while (!take('}')) {
            const std::string key = parse_string();
            expect(':');
            if (key == "descr") header.descr = parse_descr();
            else if (key == "fortran_order") header.fortran_order = parse_bool(), header.has_order = true;
            else if (key == "shape") header.shape = parse_shape(), header.has_shape = true;
            else fail(fmt::format("unknown key '{}'", key));
            if (!take(',')) {
                expect('}');
                break;
            }
        }
        if (header.descr.empty() || !header.has_order || !header.has_shape)
            fail("descr, fortran_order or shape is missing");
        return header;
    }

  private:
    [[noreturn]] void fail(const std::string& what) const { throw Error("the header is damaged: " + what); }
    void skip_space() {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    }
    bool take(char c) {
        skip_space();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!take(c)) fail(fmt::format("expected '{}' at character {}", c, at_));
    }
    std::string parse_string() {
        skip_space();
        const char quote = at_ < text_.size() ? text_[at_] : '\0';
        const auto end = quote == '\'' || quote == '"' ? text_.find(quote, at_ + 1) : std::string_view::npos;
        if (end == std::string_view::npos) fail(fmt::format("expected a string at character {}", at_));
        const std::string value(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        return value;
    }
    std::string parse_descr() {
        skip_space();
        if (at_ < text_.size() && text_[at_] == '[') throw Error("structured data types are not supported");
        return parse_string();
    }
    bool parse_bool() {
        skip_space();
        for (const auto& [word, value] :
             {std::pair{std::string_view("True"), true}, std::pair{std::string_view("False"), false}})
            if (text_.substr(at_, word.size()) == word) {
                at_ += word.size();
                return value;
            }
        fail("fortran_order is neither True nor False");
    }
    Dims parse_shape() {
        Dims shape;
        expect('(');
        while (!take(')')) {
            skip_space();
            Index size = 0;
            const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), size);
            if (error != std::errc{} || size < 0) fail("a size in shape is no number, or negative, or beyond 63 bits");
            at_ = static_cast<std::size_t>(end - text_.data());
            take('L');  // Python 2 wrote long integers so
            shape.push_back(size);
            if (!take(',')) {
                expect(')');
                break;
            }
        }
        return shape;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// dtype and whether its words are big-endian.
std::pair<DType, bool> parse_descr(const std::string& descr) {
    const std::string_view order = "<>|=",
                           code = std::string_view(descr).substr(std::min<std::size_t>(1, descr.size()));
    const auto found = std::find_if(codes.begin(), codes.end(), [&](const auto& entry) { return entry.first == code; });
    if (found != codes.end() && order.find(descr[0]) != std::string_view::npos) return {found->second, descr[0] == '>'};
    switch (code.empty() ? '\0' : code[0]) {
        case 'O':
            throw Error("an array of Python objects is not supported");
        case 'S':
        case 'U':
            throw Error(fmt::format("an array of text ('{}') is not supported", descr));
        case 'V':
            throw Error(fmt::format("structured data type '{}' is not supported", descr));
        case 'M':
        case 'm':
            throw Error(fmt::format("an array of times ('{}') is not supported", descr));
        default:
            throw Error(fmt::format("data type '{}' is not supported", descr));
    }
}

}  // namespace

NpyHeader read_npy_header(const std::function<void(void* to, Index bytes)>& read) {
    std::array<unsigned char, 12> head{};
    read(head.data(), 10);
    if (!std::equal(npy_magic.begin(), npy_magic.end(), head.begin(),
                    [](char a, unsigned char b) { return static_cast<unsigned char>(a) == b; }))
        throw Error("not a .npy file");
    if (head[6] < 1 || head[6] > 3)
        throw Error(fmt::format("version {}.{} of .npy is not supported: 1, 2 and 3 are", head[6], head[7]));
    const bool old = head[6] == 1;
    if (!old) read(head.data() + 10, 2);
    Index length = head[8] | head[9] << 8;
    if (!old) length |= static_cast<Index>(head[10]) << 16 | static_cast<Index>(head[11]) << 24;
    if (length > longest_header) throw Error(fmt::format("the header claims {} bytes: it is damaged", length));
    std::string text(static_cast<std::size_t>(length), '\0');
    read(text.data(), length);
    const Fields fields = HeaderParser(text).parse();
    NpyHeader header;
    std::tie(header.dtype, header.swapped) = parse_descr(fields.descr);
    header.fortran_order = fields.fortran_order;
    header.shape = fields.shape;
    header.bytes = (old ? 10 : 12) + length;
    return header;
}

NpyArray npy_array(const NpyHeader& header, Index found) {
    NpyArray array;
    ArrayInfo& info = array.info;
    info.dtype = header.dtype;
    info.shape = header.shape;
    info.axes.resize(info.rank());
    const Index bytes = static_cast<Index>(info.bytes());
    if (found != bytes)
        throw Error(fmt::format("{} bytes of values, but shape {} of {} needs {}: the file is {}", found,
                                to_string(info.shape), name_of(info.dtype), bytes,
                                found < bytes ? "cut off" : "longer than it says"));
    array.layout.offset = header.bytes;
    array.layout.swap = header.swapped;
    if (header.fortran_order) {
        array.layout.strides = record_strides({info.shape.rbegin(), info.shape.rend()}, info.element_size());
        std::reverse(array.layout.strides.begin(), array.layout.strides.end());
    } else {
        array.layout.strides = record_strides(info.shape, info.element_size());
    }
    return array;
}

std::string npy_header(const Dims& shape, DType dtype) {
    const auto code =
        std::find_if(codes.begin(), codes.end(), [&](const auto& entry) { return entry.second == dtype; })->first;
    std::string header = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': {}, }}",
                                     size_of(dtype) == 1 ? '|' : '<', code, to_string(shape));
    header.append(63 - (10 + header.size()) % 64, ' ');
    header += '\n';
    return std::string(npy_magic) + std::string("\1\0", 2) + static_cast<char>(header.size() & 0xff) +
           static_cast<char>(header.size() >> 8) + header;
}

}  // namespace levin::formats
