/// What "-" means as INPUT and OUTPUT. docs: levin-array(5), "Pipes".
#pragma once
#include <functional>
#include <span>

#include "levin/engine/execution.hpp"
#include "levin/engine/sources.hpp"

namespace levin::engine {

/// "-", or "FORMAT:-".
bool is_pipe(const std::string& path);

/// The array that standard input brings, without the axes and selection of `options`. `who` wants it ("INPUT",
/// "--mask"). What is not needed any more is forgotten; the rest waits in part of the memory, then in scratch. The
/// stream's end is checked before the run publishes anything. UsageError for a terminal and with --dry-run.
Source open_pipe(Execution& execution, const std::string& path, const InputOptions& options, const std::string& who);

/// UsageError for options that a pipe as OUTPUT cannot honour, and for a terminal.
void check_pipe_output(const Execution& execution, const OutputOptions& options);
/// Standard output as a function that takes bytes.
std::function<void(std::span<const std::byte>)> pipe_output(Execution& execution);

}  // namespace levin::engine
