#include <fmt/format.h>
#include <matio.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/file.hpp"
#include "levin/formats/mat/format.hpp"
#include "levin/formats/rehearsal.hpp"

namespace levin::formats {
namespace {

using MatFile = std::unique_ptr<mat_t, int (*)(mat_t*)>;
using MatVariable = std::unique_ptr<matvar_t, void (*)(matvar_t*)>;

/// What the library says goes through one place for the whole process. Guarded by Library.
std::string said;

void keep_message(int, char* text) noexcept {
    try {
        if (said.empty() && text) said = text;
    } catch (...) {
    }
}

std::mutex library;

/// Holds the library, which says its messages to one place.
struct Library {
    std::lock_guard<std::mutex> guard{library};
    Library() {
        static const int once = Mat_LogInitFunc("levin", keep_message);
        (void)once;
        said.clear();
    }
};

[[noreturn]] void fail(const std::string& what) {
    throw Error(said.empty() ? what : fmt::format("{}: {}", what, said));
}

/// A header of 128 bytes: text, then the version, 1.0 for what is called version 5, and "IM" or "MI" as the order of
/// the bytes is. What follows are elements, each with its type and size in front. The library takes what lies behind a
/// cut for zeros, so that the end of the last is looked for here.
void check_elements(const InputFile& file) {
    std::array<unsigned char, 128> head{};
    file.read_some(0, head.data(), 128);
    const bool little = head[124] == 0 && head[125] == 1 && head[126] == 'I' && head[127] == 'M';
    const bool big = head[124] == 1 && head[125] == 0 && head[126] == 'M' && head[127] == 'I';
    if (!little && !big) throw Error("not a MAT file of version 5 or 7.3; MATLAB writes them with save -v7 and -v7.3");
    for (Index at = 128; at < file.size();) {
        std::array<unsigned char, 8> tag{};
        file.read(at, tag.data(), 8);
        Index bytes = 0;
        for (std::size_t i = 0; i < 4; ++i) bytes = bytes << 8 | tag[little ? 7 - i : 4 + i];
        if (bytes > file.size() - at - 8)
            throw Error(fmt::format("a variable ends at byte {}, the file at {}: it is cut off or damaged",
                                    at + 8 + bytes, file.size()));
        at += 8 + bytes;
    }
}

MatFile open_mat(const std::string& path) {
    check_elements(InputFile(path));
    MatFile file(Mat_Open(path.c_str(), MAT_ACC_RDONLY), Mat_Close);
    if (!file) fail("the file is damaged");
    return file;
}

struct Kind {
    std::string name;
    std::optional<DType> dtype;  ///< of the real part
};

Kind kind_of(const matvar_t& variable) {
    if (variable.isLogical && variable.class_type == MAT_C_UINT8) return {"logical", DType::boolean};
    switch (variable.class_type) {
        case MAT_C_DOUBLE:
            return {"double", DType::float64};
        case MAT_C_SINGLE:
            return {"single", DType::float32};
        case MAT_C_INT8:
            return {"int8", DType::int8};
        case MAT_C_UINT8:
            return {"uint8", DType::uint8};
        case MAT_C_INT16:
            return {"int16", DType::int16};
        case MAT_C_UINT16:
            return {"uint16", DType::uint16};
        case MAT_C_INT32:
            return {"int32", DType::int32};
        case MAT_C_UINT32:
            return {"uint32", DType::uint32};
        case MAT_C_INT64:
            return {"int64", DType::int64};
        case MAT_C_UINT64:
            return {"uint64", DType::uint64};
        case MAT_C_CELL:
            return {"cell", {}};
        case MAT_C_STRUCT:
            return {"struct", {}};
        case MAT_C_OBJECT:
        case MAT_C_OPAQUE:
            return {"object", {}};
        case MAT_C_CHAR:
            return {"char", {}};
        case MAT_C_SPARSE:
            return {"sparse", {}};
        case MAT_C_FUNCTION:
            return {"function", {}};
        default:
            return {"unknown", {}};
    }
}

/// An array of numbers in a file.
struct Variable {
    std::string name, kind, refusal;
    Dims dims;  ///< MATLAB's, the first varies fastest
    DType dtype = DType::uint8, part = DType::uint8;
    bool compressed = false;
    friend bool operator==(const Variable&, const Variable&) = default;
};

Variable describe(const matvar_t& found, Index file_bytes) {
    Variable variable;
    variable.name = found.name ? found.name : "";
    const Kind kind = kind_of(found);
    variable.kind = (found.isComplex ? "complex " : "") + kind.name;
    if (found.rank < 2 || found.rank > 32 || !found.dims) throw Error(variable.name + ": the file is damaged");
    for (int i = 0; i < found.rank; ++i) {
        if (found.dims[i] > static_cast<std::size_t>(std::numeric_limits<int>::max()))
            throw Error(fmt::format("{}: a size of {}: the file is damaged", variable.name, found.dims[i]));
        variable.dims.push_back(static_cast<Index>(found.dims[i]));
    }
    variable.compressed = found.compression == MAT_COMPRESSION_ZLIB;
    const bool is_pair = found.isComplex && (kind.dtype == DType::float64 || kind.dtype == DType::float32);
    if (!kind.dtype) variable.refusal = fmt::format("MATLAB's class {}, not an array of numbers", kind.name);
    else if (found.isComplex && !is_pair) variable.refusal = "a complex array of integers, which levin does not have";
    if (!variable.refusal.empty()) return variable;
    variable.part = variable.dtype = *kind.dtype;
    if (is_pair) variable.dtype = variable.part == DType::float64 ? DType::complex128 : DType::complex64;
    // A number takes a byte at least, and a byte of deflate stands for 1032 at most.
    Dims counted = variable.dims;
    for (Index& size : counted) size = std::max<Index>(size, 1);
    byte_count(counted, size_of(variable.dtype));
    if (product(counted) > std::numeric_limits<int>::max())
        throw Error(fmt::format("{}: {} values are more than version 5 holds: the file is damaged", variable.name,
                                to_string(variable.dims)));
    if (product(variable.dims) / (variable.compressed ? 1032 : 1) > file_bytes)
        throw Error(fmt::format("{}: {} values in a file of {} bytes: it is cut off or damaged", variable.name,
                                to_string(variable.dims), file_bytes));
    return variable;
}

std::vector<Variable> variables_of(const std::string& path) {
    constexpr std::size_t most = 100000;
    const Index bytes = InputFile(path).size();
    const MatFile file = open_mat(path);
    std::vector<Variable> variables;
    while (const MatVariable next{Mat_VarReadNextInfo(file.get()), Mat_VarFree}) {
        if (variables.size() == most) throw Error(fmt::format("more than {} variables", most));
        variables.push_back(describe(*next, bytes));
    }
    return variables;
}

Dims reversed(const Dims& dims) { return {dims.rbegin(), dims.rend()}; }

class MatSource final : public ArraySource {
  public:
    MatSource(std::string path, Variable variable) : path_(std::move(path)), variable_(std::move(variable)) {
        info_.shape = reversed(variable_.dims);
        info_.dtype = variable_.dtype;
        info_.axes.resize(info_.rank());
        info_.axes[info_.rank() - 2].name = "x";
        info_.axes[info_.rank() - 1].name = "y";
        for (std::size_t i = 0; i < info_.rank(); ++i)
            info_.chunks.push_back(variable_.compressed || i + 2 >= info_.rank() ? std::max<Index>(info_.shape[i], 1)
                                                                                 : 1);
    }
    const ArrayInfo& info() const override { return info_; }
    std::string name() const override { return path_ + "::" + variable_.name; }
    /// A chunk, its parts apart where it is complex, and what the library takes to convert or decode it.
    std::size_t scratch_bytes() const override {
        return 2 * byte_count(info_.chunks, info_.element_size()) + (std::size_t{1} << 20);
    }

    void read(const Region& region, const View& out) const override {
        if (region.empty()) return;
        // From a compressed variable, whatever is read twice is decoded twice, from its beginning: one piece.
        Region pieces = region;
        for (std::size_t i = 0; i < info_.rank(); ++i)
            if (info_.chunks[i] > 1 || variable_.compressed) pieces.origin[i] = 0, pieces.shape[i] = 1;
        with_context([&] { return name(); },
                     [&] {
                         for_each_index(pieces, [&](const Dims& position) {
                             Region piece = region;
                             for (std::size_t i = 0; i < info_.rank(); ++i)
                                 if (info_.chunks[i] == 1 && !variable_.compressed)
                                     piece.origin[i] = position[i], piece.shape[i] = 1;
                             read_piece(piece, out.sub(relative_to(piece, region.origin)));
                         });
                     });
    }

  private:
    /// Reads all that lies between the first and the last element of `piece`.
    void read_piece(const Region& piece, const View& out) const {
        const Dims steps = c_strides(info_.shape, 1);
        Index first = 0, last = 0;
        for (std::size_t i = 0; i < info_.rank(); ++i) {
            first += piece.origin[i] * steps[i];
            last += (piece.end(i) - 1) * steps[i];
        }
        const Dims count{last - first + 1};
        const bool is_pair = variable_.part != variable_.dtype;
        OwnedArray real(variable_.part, count), imaginary(variable_.part, is_pair ? count : Dims{0});
        read_run(first, count[0], real.buffer.data(), imaginary.buffer.data());
        if (variable_.part == DType::boolean)
            std::transform(real.buffer.data(), real.buffer.data() + count[0], real.buffer.data(),
                           [](std::byte b) { return std::byte{b != std::byte{0}}; });
        const std::size_t size = size_of(variable_.part);
        const auto take = [&](const OwnedArray& from, const View& to) {
            copy(ConstView(from.buffer.data(), variable_.part, piece.shape, c_strides(info_.shape, size)), to);
        };
        View part = out;
        part.dtype = variable_.part;
        take(real, part);
        if (!is_pair) return;
        part.data += size;
        take(imaginary, part);
    }

    void read_run(Index first, Index count, std::byte* real, std::byte* imaginary) const {
        const std::size_t bytes = byte_count({count}, size_of(variable_.part));
        const bool is_pair = variable_.part != variable_.dtype;
        std::fill_n(real, bytes, std::byte{0});
        if (is_pair) std::fill_n(imaginary, bytes, std::byte{0});
        const Library lock;
        const Index file_bytes = InputFile(path_).size();
        const MatFile file = open_mat(path_);
        const MatVariable found(Mat_VarReadInfo(file.get(), variable_.name.c_str()), Mat_VarFree);
        if (!found || describe(*found, file_bytes) != variable_)
            throw Error("the file has changed since it was opened");
        mat_complex_split_t parts{real, imaginary};
        void* to = is_pair ? static_cast<void*>(&parts) : real;
        if (Mat_VarReadDataLinear(file.get(), found.get(), to, static_cast<int>(first), 1, static_cast<int>(count)) !=
                0 ||
            !said.empty())
            fail("cannot be read: the file is cut off or damaged");
    }

    std::string path_;
    Variable variable_;
    ArrayInfo info_;
};

std::string described(const std::vector<Variable>& variables) {
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(variables.size(), 20); ++i)
        text += fmt::format("{}{} {} {}", i ? ", " : "", variables[i].name, to_string(variables[i].dims),
                            variables[i].kind);
    return variables.size() > 20 ? fmt::format("{} and {} more", text, variables.size() - 20) : text;
}

Variable choose(const std::string& path, const std::string& wanted) {
    const std::vector<Variable> all = variables_of(path);
    std::vector<Variable> fitting;
    const std::string name = wanted.starts_with('/') ? wanted.substr(1) : wanted;
    for (const Variable& variable : all)
        if (wanted.empty() ? variable.refusal.empty() : variable.name == name) fitting.push_back(variable);
    if (fitting.size() == 1 && !fitting[0].refusal.empty()) throw Error(name + ": " + fitting[0].refusal);
    if (fitting.size() == 1) return fitting[0];
    if (all.empty()) fail("there is no variable in this file");
    if (!wanted.empty()) throw Error(fmt::format("no variable {}; there are: {}", name, described(all)));
    throw Error(fmt::format("{}; choose one as {}::{}: {}",
                            fitting.empty() ? "no variable that levin reads" : "several variables", path,
                            fitting.empty() ? "NAME" : fitting[0].name, described(all)));
}

}  // namespace

std::unique_ptr<ArraySource> open_mat_source(const std::string& path, const ReadOptions& options) {
    Variable variable;
    with_context([&] { return path; },
                 [&] {
                     const Library lock;
                     rehearse("matio", rehearsal_memory, [&] { choose(path, options.dataset); });
                     variable = choose(path, options.dataset);
                 });
    auto source = std::make_unique<MatSource>(path, variable);
    std::vector<std::size_t> order(variable.dims.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::swap(order[order.size() - 2], order[order.size() - 1]);
    return in_ome_order(std::make_unique<PermutedSource>(std::move(source), std::move(order)));
}

std::vector<Dataset> list_mat(const std::string& path) {
    const Library lock;
    rehearse("matio", rehearsal_memory, [&] { variables_of(path); });
    std::vector<Dataset> datasets;
    for (const Variable& variable : variables_of(path)) {
        const std::string note = variable.compressed ? "compressed, read as (..., y, x)" : "read as (..., y, x)";
        datasets.push_back(
            {variable.name, variable.dims, variable.kind, variable.refusal.empty() ? note : variable.refusal});
    }
    return datasets;
}

}  // namespace levin::formats
