#include "levin/formats/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/file.hpp"

namespace levin::formats {
namespace {

constexpr Index step = 1024;                           ///< rows from one remembered place to the next
constexpr Index block = Index{1} << 18;                ///< bytes read at a time
constexpr std::size_t longest = std::size_t{1} << 28;  ///< line

/// The lines of a file, from a byte on.
class Lines {
  public:
    Lines(const InputFile& file, Index offset) : file_(file), next_(offset) {}

    /// False at the end. `line` is without its end and lives until the next call; it began at byte begin().
    bool next(std::string_view& line) {
        for (;;) {
            const auto found = text_.find('\n', searched_);
            const bool at_end = next_ >= file_.size();
            if (found == text_.npos && !at_end) {
                searched_ = text_.size();
                fill();
                continue;
            }
            if (found == text_.npos && at_ == text_.size()) return false;
            const std::size_t end = found == text_.npos ? text_.size() : found;
            begin_ = next_ - static_cast<Index>(text_.size() - at_);
            line = std::string_view(text_).substr(at_, end - at_);
            if (line.ends_with('\r')) line.remove_suffix(1);
            at_ = searched_ = std::min(end + 1, text_.size());
            return true;
        }
    }
    Index begin() const { return begin_; }

  private:
    void fill() {
        text_.erase(0, at_);
        searched_ -= at_;
        at_ = 0;
        if (text_.size() > longest) throw Error(fmt::format("a line of more than {} bytes", longest));
        const Index bytes = std::min(block, file_.size() - next_);
        const std::size_t before = text_.size();
        text_.resize(before + static_cast<std::size_t>(bytes));
        file_.read(next_, text_.data() + before, bytes);
        next_ += bytes;
    }

    const InputFile& file_;
    std::string text_;
    std::size_t at_ = 0, searched_ = 0;
    Index next_, begin_ = 0;
};

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_separator(char c) { return c == ',' || c == ';'; }

bool counts_for_nothing(std::string_view line) {
    const std::size_t first = line.find_first_not_of(" \t");
    return first == line.npos || line[first] == '#' || line[first] == '%';
}

/// Calls visit(field) for each field; tabs separate like blanks.
template <class Visit>
void for_each_field(std::string_view line, Visit visit) {
    std::size_t at = 0;
    bool open = false;  // behind a comma a field must follow, empty or not
    for (;;) {
        while (at < line.size() && is_blank(line[at])) ++at;
        if (at == line.size() && !open) return;
        std::size_t end = at;
        while (end < line.size() && !is_blank(line[end]) && !is_separator(line[end])) ++end;
        visit(line.substr(at, end - at));
        at = end;
        while (at < line.size() && is_blank(line[at])) ++at;
        open = at < line.size() && is_separator(line[at]);
        if (open) ++at;
    }
}

std::optional<double> number_of(std::string_view field) {
    if (field.empty()) return std::numeric_limits<double>::quiet_NaN();
    if (field.front() == '+') field.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (end != field.data() + field.size() || error == std::errc::invalid_argument) return std::nullopt;
    if (error == std::errc::result_out_of_range) value = std::strtod(std::string(field).c_str(), nullptr);
    return value;
}

/// What one pass over the file tells.
struct Table {
    Index rows = 0, columns = 0;
    std::vector<Index> places;  ///< of the rows 0, step, 2 step ...
    std::vector<std::string> names;
};

Table scan(const InputFile& file) {
    Table table;
    Lines lines(file, 0);
    std::string_view line;
    for (Index number = 1; lines.next(line); ++number) {
        if (counts_for_nothing(line)) continue;
        Index count = 0;
        std::string_view word;
        for_each_field(line, [&](std::string_view field) {
            ++count;
            if (word.empty() && !number_of(field)) word = field;
        });
        if (!word.empty() && table.rows == 0 && table.names.empty()) {
            for_each_field(line, [&](std::string_view field) { table.names.emplace_back(field); });
            continue;
        }
        if (!word.empty()) throw Error(fmt::format("line {}: '{}' is no number", number, word.substr(0, 40)));
        if (table.rows == 0) table.columns = count;
        if (count != table.columns)
            throw Error(
                fmt::format("line {}: {} numbers, where the rows before have {}", number, count, table.columns));
        if (table.rows % step == 0) table.places.push_back(lines.begin());
        ++table.rows;
    }
    if (table.rows == 0) throw Error("no row of numbers in this file");
    if (static_cast<Index>(table.names.size()) != table.columns) table.names.clear();
    return table;
}

class TextSource final : public ArraySource {
  public:
    TextSource(std::string path, Table table) : path_(std::move(path)), table_(std::move(table)) {
        info_.dtype = DType::float64;
        info_.shape = {table_.rows};
        info_.chunks = {std::min(table_.rows, step)};
        if (table_.columns > 1) info_.shape.push_back(table_.columns), info_.chunks.push_back(table_.columns);
        info_.axes.resize(info_.rank());
        if (!table_.names.empty())
            info_.attributes = nlohmann::json{{"columns", table_.names}}.dump(-1, ' ', false,
                                                                              nlohmann::json::error_handler_t::replace);
    }
    const ArrayInfo& info() const override { return info_; }
    std::string name() const override { return path_; }
    std::size_t scratch_bytes() const override {
        return 2 * static_cast<std::size_t>(block) + 32 * static_cast<std::size_t>(table_.columns);
    }

    void read(const Region& region, const View& out) const override {
        if (region.empty()) return;
        with_context([&] { return path_; }, [&] { read_rows(region, out); });
    }

  private:
    void read_rows(const Region& region, const View& out) const {
        const InputFile file(path_);
        const Index first = region.origin[0], place = first / step;
        const bool wide = info_.rank() > 1;
        const Index left = wide ? region.origin[1] : 0, width = wide ? region.shape[1] : 1;
        Lines lines(file, table_.places[static_cast<std::size_t>(place)]);
        std::string_view line;
        for (Index row = place * step; row < region.end(0);) {
            if (!lines.next(line)) throw Error("the file has changed since it was opened");
            if (counts_for_nothing(line)) continue;
            Index column = 0;
            std::byte* to = row < first ? nullptr : out.data + (row - first) * out.strides[0];
            for_each_field(line, [&](std::string_view field) {
                if (to && column >= left && column < left + width) {
                    const auto value = number_of(field);
                    if (!value) throw Error("the file has changed since it was opened");
                    std::byte* at = to + (wide ? (column - left) * out.strides[1] : 0);
                    std::copy_n(reinterpret_cast<const std::byte*>(&*value), sizeof *value, at);
                }
                ++column;
            });
            if (column != table_.columns) throw Error("the file has changed since it was opened");
            ++row;
        }
    }

    std::string path_;
    Table table_;
    ArrayInfo info_;
};

std::unique_ptr<ArraySource> open_text(const std::string& path, const ReadOptions&) {
    return with_context([&] { return path; },
                        [&] { return std::make_unique<TextSource>(path, scan(InputFile(path))); });
}

void check_text(const ArrayInfo& info) {
    if (info.rank() < 1 || info.rank() > 2 || product(info.shape) == 0)
        throw UsageError(
            fmt::format("a table has rows and columns, this array the shape {}; cut it, as in 'x.zarr[z=0,y=3]'",
                        to_string(info.shape)));
    if (is_complex(info.dtype))
        throw UsageError(
            fmt::format("a table of text cannot hold {}: write its parts or its power", name_of(info.dtype)));
}

/// In the fewest digits that read back as the same number of that type.
void append_number(std::string& line, DType dtype, const std::byte* at) {
    visit_dtype(dtype, [&]<class T>() {
        if constexpr (std::is_same_v<T, bool>) line += *reinterpret_cast<const std::uint8_t*>(at) ? '1' : '0';
        else if constexpr (std::is_arithmetic_v<T>) line += fmt::format("{}", *reinterpret_cast<const T*>(at));
    });
}

void write_text(const ArraySource& source, const std::string& path, const WriteOptions& options) {
    const ArrayInfo& info = source.info();
    check_text(info);
    const std::string extension = lower_extension(options.path);
    const char separator = extension == ".csv" ? ',' : extension == ".tsv" ? '\t' : ' ';
    const Index columns = info.rank() == 2 ? info.shape[1] : 1;
    const DType dtype = info.dtype == DType::float16 ? DType::float32 : info.dtype;
    const auto size = static_cast<Index>(size_of(dtype));
    OutputFile file(path);
    Index column = 0;
    std::string text;
    for_each_block(source, options.memory / 2, options.stop, [&](const Region&, const ConstView& values) {
        OwnedArray wide(dtype, dtype == info.dtype ? Dims{0} : values.shape);
        if (dtype != info.dtype) convert(values, wide.view);
        const std::byte* from = dtype == info.dtype ? values.data : wide.view.data;
        for (Index i = 0; i < values.count(); ++i) {
            append_number(text, dtype, from + i * size);
            text += ++column == columns ? '\n' : separator;
            if (column == columns) column = 0;
            if (text.size() < static_cast<std::size_t>(block)) continue;
            file.write(text);
            text.clear();
        }
    });
    file.write(text);
    file.close();
}

}  // namespace

Format text_format() {
    Format format{"text",
                  {".csv", ".tsv", ".txt", ".1d"},
                  "tables of numbers as text",
                  [](const std::string&, const std::string&) { return false; },
                  open_text,
                  write_text,
                  check_text};
    format.beside_data = true;
    return format;
}

}  // namespace levin::formats
