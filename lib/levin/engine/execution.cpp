#include "levin/engine/execution.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>

#include "levin/core/blocks.hpp"
#include "levin/core/resources.hpp"
#include "levin/remote/client.hpp"

namespace levin::engine {
namespace {

// Stacks, allocator slack and codec contexts of one thread, measured as the growth of an idle run with -j.
constexpr std::size_t thread_overhead = std::size_t{4} << 20;

/// Memory that is freed goes back to the system, or a promise about the process could not be kept: by default glibc
/// raises its threshold for separate mappings to the largest block freed so far, and keeps what it has.
void return_freed_memory() {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}

}  // namespace

Execution::Execution(const ExecutionOptions& options)
    : options_(options),
      part_(options.part.empty() ? std::nullopt : std::optional(parse_part(options.part))),
      threads_(thread_count(options.threads)),
      memory_(memory_limit(options.memory)),
      stop_(signals_.token()),
      progress_(options) {
    if (!options.dry_run) progress_.begin(part_ ? &*part_ : nullptr, threads_, memory_);
    if (!options.dry_run && !options.memory.empty()) check_job_grants(memory_);
    return_freed_memory();
    remote::set_stop(stop_);
    const std::size_t fixed = resident_memory() + static_cast<std::size_t>(threads_) * thread_overhead;
    if (memory_ <= fixed + (std::size_t{1} << 20))
        refuse_memory("the program itself", fixed + (std::size_t{1} << 20), "give more --memory or fewer --threads");
    budget_ = memory_ - fixed;
    limit_blocks(budget_ - budget_ / 8);  // what a plan counts is not all in blocks
}

int Execution::claim_standard_input(const std::string& who) {
    if (!reads_.empty())
        throw UsageError(fmt::format("{} and {}: both are standard input, which can be read once", reads_, who));
    if (isatty(STDIN_FILENO))
        throw UsageError(
            fmt::format("{}: standard input is a terminal; - needs a pipe from another tool, or a file", who));
    reads_ = who;
    return STDIN_FILENO;
}

int Execution::claim_standard_output(const std::string& who) {
    if (!writes_.empty())
        throw UsageError(fmt::format("{} and {}: both are standard output, which carries one array", writes_, who));
    if (isatty(STDOUT_FILENO))
        throw UsageError(
            fmt::format("{}: standard output is a terminal, which an array is not for; - needs a pipe to "
                        "another tool, or a file",
                        who));
    writes_ = who;
    std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away shows in the write, so that scratch is cleared away
    return STDOUT_FILENO;
}

void Execution::check_inputs() const {
    for (const auto& check : checks_) check();
    for (const Watch& input : watched_) input.check();
}

std::string Execution::inputs() const {
    if (watched_.empty()) return "";
    nlohmann::json text;
    for (const Watch& input : watched_) text[input.name()] = input.digest();
    return text.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);  // a path need not be UTF-8
}

void Execution::print_result(const std::string& text) const {
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t written = ::write(STDOUT_FILENO, text.data() + at, text.size() - at);
        if (written < 0 && errno != EINTR) throw_system_error("cannot write to standard output", errno);
        if (written > 0) at += static_cast<std::size_t>(written);
    }
}

void Execution::refuse_memory(const std::string& what, std::size_t needed, const std::string& remedy) const {
    throw Error(fmt::format("{} needs {} of memory, the limit is {}{}: {}", what, format_size(needed),
                            format_size(memory_),
                            options_.memory.empty() ? " (half of what is available)" : " (--memory)", remedy));
}

}  // namespace levin::engine
