/// What a run says on stderr: a bar on a terminal, else at most a line every 10 seconds, or JSON lines.
#pragma once
#include <chrono>
#include <mutex>
#include <string>

#include "levin/engine/options.hpp"

namespace levin::engine {

class Progress {
  public:
    explicit Progress(const ExecutionOptions& options);
    ~Progress();  ///< ends an open bar's line

    /// Announces `total` units of work under a name such as "filter"; resume begins at `done`. A further call begins a
    /// further phase.
    void start(Index total, Index done = 0);
    void advance(Index units = 1);
    void add_read(std::size_t bytes);
    void add_written(std::size_t bytes);
    /// "done" with seconds, bytes and peak memory: a JSON line, or a line with --verbose.
    void finish();

    /// A line the user should see unless --quiet, e.g. "3 pixels have a baseline of 0 or less".
    void note(const std::string& text);
    /// A line for --verbose.
    void detail(const std::string& text);

  private:
    enum class Style { none, bar, log, json };
    void show(bool last);
    void print(const std::string& line);

    Style style_;
    bool quiet_;
    int verbose_;
    std::string tool_;
    std::mutex guard_;
    std::chrono::steady_clock::time_point begin_, shown_;
    Index total_ = 0, done_ = 0;
    std::size_t read_ = 0, written_ = 0;
    bool line_open_ = false;
};

}  // namespace levin::engine
