/// One run of a tool: threads, memory, stop request and progress, handed to every pattern of the engine.
#pragma once
#include <algorithm>
#include <functional>
#include <optional>

#include "levin/engine/options.hpp"
#include "levin/engine/part.hpp"
#include "levin/engine/progress.hpp"
#include "levin/engine/signals.hpp"
#include "levin/engine/watch.hpp"

namespace levin::engine {

class Execution {
  public:
    /// Resolves threads and memory; UsageError for values that cannot be.
    explicit Execution(const ExecutionOptions& options);

    const ExecutionOptions& options() const { return options_; }
    int threads() const { return threads_; }
    /// Which part of a shared job this run is; none when it does everything alone.
    const std::optional<Part>& part() const { return part_; }
    /// Bytes that buffers may take: the limit less what the process holds already and each thread needs for itself.
    std::size_t budget() const { return budget_; }
    /// Takes `bytes`, at most the budget, out of it for as long as the run lasts.
    void set_aside(std::size_t bytes) { budget_ -= std::min(bytes, budget_); }
    std::size_t memory() const { return memory_; }
    const StopToken& stop() const { return stop_; }
    Progress& progress() { return progress_; }

    /// The descriptor of standard input or output, which can serve once: UsageError, naming both, when `who` ("INPUT",
    /// "--mask") comes second, and for a terminal.
    int claim_standard_input(const std::string& who);
    int claim_standard_output(const std::string& who);
    /// `check` runs, and may throw, before anything is published: what was read to the end has ended well.
    void before_publishing(std::function<void()> check) { checks_.push_back(std::move(check)); }
    /// As long as the run lasts, the input must stay what it is now.
    void watch(Watch input) { watched_.push_back(std::move(input)); }
    void check_inputs() const;
    /// What the inputs are, by name, as JSON: runs that make an output together must agree. "" when nothing is known.
    std::string inputs() const;

    /// Writes a result to stdout; TransientError or Error when that fails.
    void print_result(const std::string& text) const;
    /// Error for a piece of work that cannot fit: says what it needs, what there is, and what would fit.
    [[noreturn]] void refuse_memory(const std::string& what, std::size_t needed, const std::string& remedy) const;

  private:
    ExecutionOptions options_;
    std::optional<Part> part_;
    int threads_;
    std::size_t memory_, budget_;
    StopSignals signals_;
    StopToken stop_;
    Progress progress_;
    std::string reads_, writes_;  ///< who has standard input, and output
    std::vector<std::function<void()>> checks_;
    std::vector<Watch> watched_;
};

}  // namespace levin::engine
