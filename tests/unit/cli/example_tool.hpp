/// A tool file in small, as CONTRIBUTING.md describes one: manual, options, declare, run. The tests of help, man page,
/// completion and exit statuses use it.
#pragma once
#include <cstdio>
#include <new>

#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/core/border.hpp"

namespace levin::test {

enum class Kind { median, gaussian };

inline const cli::Manual manual{
    .name = "blur",
    .group = "Images",
    .summary = "smooth images",
    .description = {"Each element becomes a weighted mean of its neighbours:",
                    "  y[i] = sum_k w[k] x[i - k]\n  w[k] ~ exp(-k^2 / 2 sigma^2)",
                    "NaN is left out of the mean. A 'quoted' word, a back\\slash and a half-open interval."},
    .examples = {{"levin blur gaussian a.zarr b.zarr --sigma 2px", "smooths by two pixels"}},
    .see_also = {"toseries", "scipy.ndimage"}};

struct Options {
    Kind kind = Kind::median;
    double sigma = 2;
    double offset = 0.1;
    std::vector<Index> sizes{3, 3};
    std::optional<std::uint64_t> seed;
    BorderMode mode = BorderMode::reflect;
    bool natural = true, fast = false;
    std::string table, axes;
    engine::InputOptions input;
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
};

inline void declare(cli::Parser& parser, Options& options) {
    parser.positional(options.kind, "KIND",
                      {{"median", Kind::median, "rank n//2"}, {"gaussian", Kind::gaussian, "truncated at 4 sigma"}},
                      "kind of blur");
    cli::add_input(parser, options.input);
    cli::add_output(parser, options.output);
    parser.option(options.sigma, "--sigma", "PX", "width of the Gaussian");
    parser.option(options.offset, "--offset", "X", "added to the divisor");
    parser.option(options.sizes, "--size", "N,...", "window, one value or one per axis");
    parser.option(options.seed, "--seed", "N", "seed");
    parser.option(options.mode, "--mode", "MODE",
                  {{"reflect", BorderMode::reflect}, {"nearest", BorderMode::nearest}, {"wrap", BorderMode::wrap}},
                  "how the border goes on");
    parser.toggle(options.natural, "--natural", "natural order");
    parser.flag(options.fast, "--fast", "fast");
    parser.option(options.table, "--csv", "FILE", "write a table").path();
    parser.check([&options] {
        if (options.sigma < 0) throw UsageError("--sigma must be at least 0");
    });
    parser.check([&options] {
        if (options.offset < 0 && options.sigma < 0) throw UsageError("--offset and --sigma are both negative");
    });
    cli::add_execution(parser, options.execution);
}

/// Fails in the way that the name of the input asks for.
inline void run(const Options& options) {
    const std::string& how = options.input.path;
    if (how == "usage") throw UsageError("no axis q");
    if (how == "error") throw Error("a.zarr/c/0: 3 bytes, expected 8");
    if (how == "transient") throw TransientError("disk full");
    if (how == "interrupted") throw Interrupted(15);
    if (how == "memory") throw std::bad_alloc();
    if (how == "other") throw std::runtime_error("odd");
    std::printf("%s to %s\n", how.c_str(), options.output.path.c_str());
}

/// A parser with the declarations of the example tool, and the options it fills.
struct Declared {
    Options options;
    cli::Parser parser{manual.name};
    Declared() { declare(parser, options); }
    cli::Request parse(std::vector<const char*> words) {
        words.insert(words.begin(), "levin-blur");
        return parser.parse(static_cast<int>(words.size()), words.data());
    }
    /// The message of the UsageError that parsing must throw, or "".
    std::string error(const std::vector<const char*>& words) {
        try {
            parse(words);
        } catch (const UsageError& error) {
            return error.what();
        }
        return "";
    }
};

}  // namespace levin::test
