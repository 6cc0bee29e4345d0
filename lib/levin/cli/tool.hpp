/// The main function of every tool: parse, answer --help and its kin, run, turn exceptions into messages and statuses.
#pragma once
#include <functional>
#include <type_traits>

#include "levin/cli/manual.hpp"
#include "levin/cli/parser.hpp"

namespace levin::cli {

/// Exit statuses; 128 + n says stopped by signal n.
namespace status {
constexpr int done = 0, failed = 1, wrong_request = 2, try_later = 75;  // 75: EX_TEMPFAIL of sysexits.h
}

/// Does what the command line asks for; `work` is called when that is to run. Messages go to stderr as
/// "levin-filter: message"; stdout is flushed and checked. Never throws.
int run_declared(int argc, char** argv, const Manual& manual, Parser& parser, const std::function<int()>& work);

/// int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
/// `declare` binds a fresh Options to the parser and opens nothing; `run` asks nothing. `run` returns nothing or an
/// exit status.
template <class Options, class Result>
int run_tool(int argc, char** argv, const Manual& manual, void (*declare)(Parser&, Options&),
             Result (*run)(const Options&)) {
    Options options;
    Parser parser(manual.name);
    declare(parser, options);
    return run_declared(argc, argv, manual, parser, [&]() -> int {
        if constexpr (std::is_void_v<Result>) return run(options), status::done;
        else return run(options);
    });
}

}  // namespace levin::cli
