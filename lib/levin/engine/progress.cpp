#include "levin/engine/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "levin/core/error.hpp"
#include "levin/core/resources.hpp"

namespace levin::engine {
namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

Progress::Progress(const ExecutionOptions& options)
    : quiet_(options.quiet),
      verbose_(options.verbose),
      tool_("levin-" + options.tool),
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

void Progress::start(Index total, Index done) {
    const std::lock_guard lock(guard_);
    total_ = total;
    done_ = done;
    if (style_ == Style::json)
        print(nlohmann::ordered_json{
            {"event", "start"}, {"tool", tool_}, {"pid", getpid()}, {"units", total}, {"done", done}}
                  .dump());
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
        print(nlohmann::ordered_json{
            {"event", "progress"}, {"done", done_}, {"units", total_}, {"seconds", seconds_since(begin_)}}
                  .dump());
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

void Progress::finish() {
    const std::lock_guard lock(guard_);
    const double seconds = seconds_since(begin_);
    if (style_ == Style::json) {
        print(nlohmann::ordered_json{{"event", "done"},
                                     {"tool", tool_},
                                     {"seconds", seconds},
                                     {"bytes_read", read_},
                                     {"bytes_written", written_},
                                     {"peak_memory", peak_memory()}}
                  .dump());
    } else if (line_open_ || verbose_ > 0) {
        if (!quiet_)
            print(fmt::format("{}: done in {:.2f} s, read {}, wrote {}, peak memory {}", tool_, seconds,
                              format_size(read_), format_size(written_), format_size(peak_memory())));
    }
}

void Progress::note(const std::string& text) {
    const std::lock_guard lock(guard_);
    if (style_ == Style::json) print(nlohmann::ordered_json{{"event", "note"}, {"tool", tool_}, {"text", text}}.dump());
    else if (!quiet_) print(fmt::format("{}: {}", tool_, text));
}

void Progress::detail(const std::string& text) {
    if (verbose_ > 0) note(text);
}

}  // namespace levin::engine
