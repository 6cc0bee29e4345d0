/// What a run says on stderr: a bar on a terminal, else at most a line every 10 seconds, or JSON lines.
///
/// With --log-json every line is an object that begins with event, time (seconds since 1970), host, pid and tool, so
/// that the lines of many jobs may come together in one log:
///   begin     part, parts (of a part), threads, memory, command
///   start     units, done: a phase begins
///   progress  done, units, seconds, bytes_read, bytes_written
///   note      text
///   done      seconds, bytes_read, bytes_written, peak_memory, read_seconds, compute_seconds, write_seconds
///   failed    status, message
#pragma once
#include <array>
#include <chrono>
#include <mutex>
#include <string>

#include "levin/engine/options.hpp"

namespace levin::engine {

struct Part;

/// What a thread does. Reading is decoding too, writing is encoding.
enum class Stage { read, compute, write };

class Progress {
  public:
    explicit Progress(const ExecutionOptions& options);
    ~Progress();  ///< ends an open bar's line

    /// The first line of a JSON log: what this process is about to do.
    void begin(const Part* part, int threads, std::size_t memory);

    /// Announces `total` units of work under a name such as "filter"; resume begins at `done`. A further call begins a
    /// further phase.
    void start(Index total, Index done = 0);
    void advance(Index units = 1);
    void add_read(std::size_t bytes);
    void add_written(std::size_t bytes);
    void add_seconds(Stage stage, double seconds);
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
    std::string tool_, command_;
    std::mutex guard_;
    std::chrono::steady_clock::time_point begin_, shown_;
    Index total_ = 0, done_ = 0;
    std::size_t read_ = 0, written_ = 0;
    std::array<double, 3> seconds_{};  ///< of all threads together, by stage
    bool line_open_ = false;
};

/// Counts the time of its scope on this thread to a stage, but for that which another one inside counts to its own.
class Timed {
  public:
    Timed(Progress& progress, Stage stage);
    ~Timed();
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;

  private:
    using Clock = std::chrono::steady_clock;
    void count(Clock::time_point until);
    Progress& progress_;
    Stage stage_;
    Timed* outer_;
    Clock::time_point since_;
};

/// The line of --log-json for a run that ends with `status`.
std::string failed_line(const ExecutionOptions& options, int status, const std::string& message);

}  // namespace levin::engine
