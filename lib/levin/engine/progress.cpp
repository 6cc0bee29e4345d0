#include "levin/engine/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "levin/core/error.hpp"
#include "levin/core/resources.hpp"
#include "levin/engine/part.hpp"

namespace levin::engine {
namespace {

using Json = nlohmann::ordered_json;

std::string full_name(const ExecutionOptions& options) { return "levin-" + options.tool; }

/// What every line begins with.
Json log_line(const char* event, const std::string& tool) {
    const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return {{"event", event},
            {"time", static_cast<double>(now.time_since_epoch().count()) / 1000},
            {"host", host.data()},
            {"pid", getpid()},
            {"tool", tool}};
}

/// A name of a file may hold any bytes; JSON is UTF-8.
std::string text_of(const Json& line) { return line.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// The tool's arguments, as far as one wants to read them: a list of input files may be long.
std::string command_of(const ExecutionOptions& options) {
    constexpr std::size_t longest = 400;
    std::string text;
    for (const std::string& word : options.arguments) text += (text.empty() ? "" : " ") + word;
    if (text.size() > longest) text = text.substr(0, longest) + " ...";
    return text;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

Progress::Progress(const ExecutionOptions& options)
    : quiet_(options.quiet),
      verbose_(options.verbose),
      tool_(full_name(options)),
      command_(command_of(options)),
      begin_(std::chrono::steady_clock::now()),
      shown_(begin_) {
    if (options.log_json) style_ = Style::json;
    else if (options.progress == "none" || quiet_) style_ = Style::none;
    else if (options.progress == "bar") style_ = Style::bar;
    else if (options.progress == "log") style_ = Style::log;
    else if (options.progress == "auto") style_ = isatty(STDERR_FILENO) ? Style::bar : Style::log;
    else throw UsageError(fmt::format("--progress {}: expected auto, bar, log or none", options.progress));
}

Progress::~Progress() {
    if (line_open_) print("");
}

void Progress::print(const std::string& line) {
    // One write a line, so that the lines of several jobs in one log do not mix.
    const std::string text = (line_open_ && style_ == Style::bar ? "\r\033[K" : "") + line + (line.empty() ? "" : "\n");
    line_open_ = false;
    [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, text.data(), text.size());
}

void Progress::begin(const Part* part, int threads, std::size_t memory) {
    if (style_ != Style::json) return;
    Json line = log_line("begin", tool_);
    if (part) line.update({{"part", part->number}, {"parts", part->count}});
    line.update({{"threads", threads}, {"memory", memory}, {"command", command_}});
    print(text_of(line));
}

void Progress::start(Index total, Index done) {
    const std::lock_guard lock(guard_);
    total_ = total;
    done_ = done;
    if (style_ != Style::json) return;
    Json line = log_line("start", tool_);
    line.update({{"units", total}, {"done", done}});
    print(text_of(line));
}

void Progress::advance(Index units) {
    const std::lock_guard lock(guard_);
    done_ += units;
    show(false);
}

void Progress::show(bool last) {
    const double interval = style_ == Style::bar ? 0.1 : 10;
    if (style_ == Style::none || total_ == 0 || (!last && seconds_since(shown_) < interval)) return;
    shown_ = std::chrono::steady_clock::now();
    const double fraction = total_ > 0 ? static_cast<double>(done_) / static_cast<double>(total_) : 1;
    if (style_ == Style::json) {
        Json line = log_line("progress", tool_);
        line.update({{"done", done_},
                     {"units", total_},
                     {"seconds", seconds_since(begin_)},
                     {"bytes_read", read_},
                     {"bytes_written", written_}});
        print(text_of(line));
    } else if (style_ == Style::bar) {
        const auto filled = static_cast<std::size_t>(fraction * 30);
        const std::string bar = fmt::format("\r{} [{}{}] {:3.0f}% {}/{}", tool_, std::string(filled, '#'),
                                            std::string(30 - filled, '.'), fraction * 100, done_, total_);
        [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, bar.data(), bar.size());
        line_open_ = true;
    } else {
        print(fmt::format("{}: {} of {} ({:.0f}%)", tool_, done_, total_, fraction * 100));
    }
}

void Progress::add_read(std::size_t bytes) {
    const std::lock_guard lock(guard_);
    read_ += bytes;
}

void Progress::add_written(std::size_t bytes) {
    const std::lock_guard lock(guard_);
    written_ += bytes;
}

void Progress::add_seconds(Stage stage, double seconds) {
    const std::lock_guard lock(guard_);
    seconds_[static_cast<std::size_t>(stage)] += seconds;
}

void Progress::finish() {
    const std::lock_guard lock(guard_);
    const double seconds = seconds_since(begin_);
    if (style_ == Style::json) {
        Json line = log_line("done", tool_);
        line.update({{"seconds", seconds},
                     {"bytes_read", read_},
                     {"bytes_written", written_},
                     {"peak_memory", peak_memory()},
                     {"read_seconds", seconds_[0]},
                     {"compute_seconds", seconds_[1]},
                     {"write_seconds", seconds_[2]}});
        print(text_of(line));
    } else if (line_open_ || verbose_ > 0) {
        if (!quiet_)
            print(fmt::format("{}: done in {:.2f} s, read {}, wrote {}, peak memory {}", tool_, seconds,
                              format_size(read_), format_size(written_), format_size(peak_memory())));
    }
}

void Progress::note(const std::string& text) {
    const std::lock_guard lock(guard_);
    if (style_ == Style::json) {
        Json line = log_line("note", tool_);
        line["text"] = text;
        print(text_of(line));
    } else if (!quiet_) {
        print(fmt::format("{}: {}", tool_, text));
    }
}

void Progress::detail(const std::string& text) {
    if (verbose_ > 0) note(text);
}

namespace {
thread_local Timed* innermost = nullptr;
}

Timed::Timed(Progress& progress, Stage stage)
    : progress_(progress), stage_(stage), outer_(innermost), since_(Clock::now()) {
    if (outer_) outer_->count(since_);
    innermost = this;
}

Timed::~Timed() {
    const auto now = Clock::now();
    count(now);
    if (outer_) outer_->since_ = now;
    innermost = outer_;
}

void Timed::count(Clock::time_point until) {
    progress_.add_seconds(stage_, std::chrono::duration<double>(until - since_).count());
}

std::string failed_line(const ExecutionOptions& options, int status, const std::string& message) {
    Json line = log_line("failed", full_name(options));
    line.update({{"status", status}, {"message", message}});
    return text_of(line) + "\n";
}

}  // namespace levin::engine
