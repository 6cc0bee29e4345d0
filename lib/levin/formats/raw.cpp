#include "levin/formats/raw.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/strided_file.hpp"

namespace levin::formats {
namespace {

void check_options(const std::string& path, const ReadOptions& options) {
    std::string missing;
    if (options.shape.empty()) missing = "--shape, e.g. --shape t=500,y=64,x=64 (slowest axis first)";
    if (!options.dtype)
        missing += fmt::format("{}--input-dtype, e.g. --input-dtype int16", missing.empty() ? "" : " and ");
    if (!missing.empty())
        throw UsageError(fmt::format("{}: a raw file does not say what it holds: give {}", path, missing));
    for (std::size_t i = 0; i < options.shape.size(); ++i) {
        const auto& axis = options.shape[i];
        if (axis.second <= 0)
            throw UsageError(fmt::format("--shape {}={}: a size must be positive", axis.first, axis.second));
        for (std::size_t j = 0; j < i; ++j)
            if (options.shape[j].first == axis.first)
                throw UsageError(fmt::format("--shape names axis {} twice", axis.first));
    }
    if (options.order != 'C' && options.order != 'F')
        throw UsageError(fmt::format("--order {}: expected C (last axis of --shape fastest) or F (first axis fastest)",
                                     options.order));
    if (options.skip < 0)
        throw UsageError(fmt::format("--skip {}: expected a number of bytes, 0 or more", options.skip));
}

/// What size of the slowest axis the file would fit, for the message.
std::string what_would_fit(Index size, Index slab, const std::string& axis) {
    if (size >= slab && size % slab == 0) return fmt::format("{}={} would fit", axis, size / slab);
    return fmt::format(
        "the file holds {} times one {} ({} bytes) and {} bytes more; check --shape, --input-dtype and --skip",
        size / slab, axis, slab, size % slab);
}

std::unique_ptr<ArraySource> open_raw(const std::string& path, const ReadOptions& options) {
    check_options(path, options);
    ArrayInfo info;
    info.dtype = *options.dtype;
    for (const auto& [name, size] : options.shape) {
        info.axes.push_back({name, 0, ""});
        info.shape.push_back(size);
    }
    if (options.order == 'F') {
        std::reverse(info.axes.begin(), info.axes.end());
        std::reverse(info.shape.begin(), info.shape.end());
    }
    Index values = static_cast<Index>(info.element_size()), records = 1, expected = 0;
    bool overflow = false;
    for (const Index n : info.shape) overflow |= __builtin_mul_overflow(values, n, &values);
    for (const Index n : Dims(info.shape.begin(), info.shape.end() - 1)) records *= overflow ? 0 : n;
    overflow |= __builtin_mul_overflow(records, options.skip, &expected);
    if (overflow || __builtin_add_overflow(expected, values, &expected))
        throw UsageError(fmt::format("--shape {} and --skip {} ask for more bytes than 64 bits can count",
                                     to_string(info.shape), options.skip));
    const Index size = InputFile(path).size();
    if (size != expected)
        throw Error(fmt::format(
            "{}: {} bytes, but --shape {} of {}{} needs {}: {}", path, size, to_string(info.shape), name_of(info.dtype),
            options.skip ? fmt::format(" with {} bytes skipped before each record", options.skip) : "", expected,
            what_would_fit(size, expected / info.shape[0], info.axes[0].name)));
    StridedLayout layout{options.skip, record_strides(info.shape, info.element_size(), options.skip), false};
    return in_ome_order(open_strided(path, std::move(info), {path}, std::move(layout)));
}

void write_raw(const ArraySource& source, const std::string& path, const WriteOptions& options) {
    OutputFile file(path);
    for_each_block(source, options.memory, options.stop, [&](const Region&, const ConstView& block) {
        file.write(block.data, static_cast<Index>(byte_count(block.shape, size_of(block.dtype))));
    });
    file.close();
}

}  // namespace

Format raw_format() {
    return {"raw",
            {".raw", ".bin"},
            "raw binary; needs --shape and --input-dtype",
            [](const std::string&, const std::string&) { return false; },
            open_raw,
            write_raw};
}

}  // namespace levin::formats
