// How many levels there are, how large they are and where they lie.
#include <fmt/format.h>

#include <algorithm>

#include "levin/engine/layout.hpp"
#include "pyramid_image.hpp"

namespace levin::tool {
namespace {

/// --factor along each axis.
Dims factor_of(const std::string& text, const Axes& axes) {
    constexpr Index most = 16;
    Dims factor(axes.size(), 1);
    for (const auto& [name, value] : parse_integers(text, "--factor", 1)) {
        if (name != "z" && name != "y" && name != "x")
            throw UsageError(fmt::format("--factor {}: only z, y and x are reduced, '{}' is not", text, name));
        if (value > most) throw UsageError(fmt::format("--factor {}: {} is more than {}", text, value, most));
        factor[require_axis(axes, name)] = value;
    }
    if (product(factor) == 1)
        throw UsageError(fmt::format("--factor {}: every level would be as large as the first", text));
    return factor;
}

}  // namespace

std::vector<Dims> steps_of(const Options& options, const ArrayInfo& info) {
    constexpr Index enough = 256;  // a viewer shows this at once
    const Dims factor = factor_of(options.factor, info.axes);
    std::vector<Dims> steps{Dims(info.rank(), 1)};
    Dims shape = info.shape;
    const auto wants_more = [&] {
        if (options.levels) return static_cast<Index>(steps.size()) <= *options.levels;
        for (std::size_t i = 0; i < shape.size(); ++i)
            if (factor[i] > 1 && shape[i] > enough) return true;
        return false;
    };
    while (wants_more()) {
        Dims step = factor;
        for (std::size_t i = 0; i < shape.size(); ++i)
            if (shape[i] <= 1) step[i] = 1;
        if (product(step) == 1)
            throw UsageError(fmt::format("--levels {}: level {} is {} already, with nothing left to reduce",
                                         *options.levels, steps.size() - 1, to_string(shape)));
        steps.push_back(step);
        shape = engine::reduced(shape, step);
    }
    return steps;
}

std::vector<store::ImageLevel> levels_of(const Job& job, const std::vector<double>& origin,
                                         const std::function<std::string(std::size_t)>& path) {
    const Axes& axes = job.input->info().axes;
    std::vector<store::ImageLevel> levels;
    Dims factor(axes.size(), 1);
    for (std::size_t k = 0; k < job.factors.size(); ++k) {
        store::ImageLevel& level = levels.emplace_back(store::ImageLevel{path(k), axes, origin});
        for (std::size_t i = 0; i < axes.size(); ++i) {
            factor[i] *= job.factors[k][i];
            const double spacing = axes[i].spacing > 0 ? axes[i].spacing : 1, by = static_cast<double>(factor[i]);
            level.axes[i].spacing = spacing * by;
            if (job.method != kernels::Downsample::nearest) level.origin[i] += spacing * (by - 1) / 2;
        }
    }
    return levels;
}

engine::ResultInfo level_result(const Job& job, std::size_t level) {
    constexpr std::size_t most = std::size_t{64} << 20;  // that a viewer should have to load
    const ArrayInfo& info = job.input->info();
    engine::ResultInfo result = engine::result_like(info, info.dtype);
    result.info.chunks = job.chunked && byte_count(info.chunks, info.element_size()) <= most
                             ? info.chunks
                             : engine::default_chunks(info.shape, info.axes, info.dtype, result.layout);
    for (std::size_t k = 0; k <= level; ++k) {
        result.info.shape = engine::reduced(result.info.shape, job.factors[k]);
        for (std::size_t i = 0; i < info.rank(); ++i)
            result.info.axes[i].spacing *= static_cast<double>(job.factors[k][i]);
    }
    for (std::size_t i = 0; i < info.rank(); ++i)
        result.info.chunks[i] = std::max<Index>(1, std::min(result.info.chunks[i], result.info.shape[i]));
    result.files = std::max<Index>(1, engine::most_files / static_cast<Index>(job.factors.size()));
    return result;
}

}  // namespace levin::tool
