#include "levin/cli/report_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "levin/core/resources.hpp"
#include "levin/core/version.hpp"

namespace levin::cli {
namespace {

using Runs = std::vector<const Run*>;

// Colours of Okabe and Ito (2008), which the colour-blind tell apart; shapes say the same again.
constexpr const char* head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>levin report</title>
<style>
body { font: 14px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 1180px; margin: 1.5em auto; padding: 0 1em }
h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin: 1.8em 0 0.2em }
code { color: #555; overflow-wrap: anywhere } svg { width: 100%; height: auto; display: block }
svg text { font: 11px system-ui, sans-serif; fill: #444 } .grid { stroke: #ddd } .heading { font-weight: bold }
.done, .key.done { fill: #56b4e9; background: #56b4e9 } .failed, .key.failed { fill: #d55e00; background: #d55e00 }
.none, .key.none { fill: #f0e442; stroke: #a89c00; background: #f0e442 } .mark { stroke: #222; stroke-width: 1.5; fill: none }
.read { fill: #0072b2; background: #0072b2 } .compute { fill: #009e73; background: #009e73 } .write { fill: #cc79a7; background: #cc79a7 }
.key { display: inline-block; width: 0.9em; height: 0.9em; margin: 0 0.3em 0 1em; vertical-align: -0.1em }
table { border-collapse: collapse; font-size: 12px } th, td { padding: 1px 8px; text-align: right; border-bottom: 1px solid #eee }
th:last-child, td:last-child, .problems td { text-align: left } summary { cursor: pointer; color: #555 }
</style>
</head>
<body>
)";

std::string escaped(const std::string& text) {
    std::string safe;
    for (const char c : text) {
        if (c == '&') safe += "&amp;";
        else if (c == '<') safe += "&lt;";
        else if (c == '>') safe += "&gt;";
        else if (c == '"') safe += "&quot;";
        else safe += c;
    }
    return safe;
}

const char* word_of(Run::End end) {
    return end == Run::End::done ? "done" : end == Run::End::failed ? "failed" : "none";
}

std::string name_of(const Run& run) {
    return run.parts > 0 ? fmt::format("part {}", run.part) : fmt::format("pid {}", run.pid);
}

std::string outcome_of(const Run& run) {
    if (run.end == Run::End::done) return "done";
    if (run.end == Run::End::failed) return fmt::format("failed ({}): {}", run.status, run.message);
    return fmt::format("no end: killed, or still at work; {} of {} units done at its last line", run.units_done,
                       run.units);
}

std::string seconds_text(double seconds) { return fmt::format("{:.{}f} s", seconds, seconds < 10 ? 2 : 1); }

/// Where a value lies on a drawing.
struct Scale {
    double from, to, left, width;
    double operator()(double value) const { return left + (to > from ? (value - from) / (to - from) * width : 0); }
};

/// The smallest of 1, 2, 5, 10, ... of which at most four make `length`.
double tick_step(double length) {
    const double power = std::pow(10, std::floor(std::log10(length / 4)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (length / (factor * power) <= 4) return factor * power;
    return 10 * power;
}

class Drawing {
  public:
    Drawing(const Runs& runs, double begin, double end)
        : runs_(runs),
          begin_(begin),
          // Thin rows for many: a thousand fill some screens, not a hundred.
          row_(runs.size() <= 40    ? 18
               : runs.size() <= 200 ? 10
                                    : 5),
          time_{0, std::max(end - begin, 0.001), 120, 560},
          seconds_{0, 0.001, 700, 200},
          bytes_{0, 1, 930, 200} {
        for (const Run* run : runs) {
            seconds_.to = std::max(seconds_.to, run->read_seconds + run->compute_seconds + run->write_seconds);
            bytes_.to = std::max(bytes_.to, static_cast<double>(run->bytes_read + run->bytes_written));
        }
    }

    std::string text() {
        const double height = top + row_ * static_cast<double>(runs_.size()) + 6;
        svg_ = fmt::format("<svg viewBox=\"0 0 1180 {:g}\" role=\"img\" aria-label=\"runs over time\">\n", height);
        axis(time_, "time", height, [](double value) { return fmt::format("{:g} s", value); });
        axis(seconds_, "seconds of all threads", height, [](double value) { return fmt::format("{:g} s", value); });
        axis(bytes_, "bytes read and written", height,
             [](double value) { return format_size(static_cast<std::size_t>(value)); });
        const auto every = static_cast<std::size_t>(std::ceil(14 / row_));
        for (std::size_t i = 0; i < runs_.size(); ++i)
            row(*runs_[i], top + row_ * static_cast<double>(i), i % every == 0);
        return svg_ + "</svg>\n";
    }

  private:
    static constexpr double top = 34;

    template <class Label>
    void axis(const Scale& scale, const char* heading, double height, Label label) {
        svg_ += fmt::format("<text class=\"heading\" x=\"{:g}\" y=\"11\">{}</text>\n", scale.left, heading);
        double step = tick_step(scale.to);
        // Sizes are told in powers of 1024.
        if (&scale == &bytes_) step = std::exp2(std::ceil(std::log2(std::max(1.0, scale.to / 4))));
        for (int i = 0; i * step <= scale.to * 1.001; ++i)
            svg_ += fmt::format(
                "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"30\" y2=\"{1:g}\"/><text x=\"{0:.1f}\" "
                "y=\"26\">{2}</text>\n",
                scale(i * step), height, label(i * step));
    }

    void bar(const char* kind, const Scale& scale, double from, double to, double y, double least = 0) {
        const double width = std::max(scale(to) - scale(from), least);
        if (width <= 0) return;
        svg_ += fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\"/>", kind,
                            scale(from), y, width, row_ * 0.75);
    }

    void row(const Run& run, double y, bool labelled) {
        const double from = run.begin - begin_, to = run.last - begin_;
        svg_ += "<g class=\"run\"><title>" + title(run) + "</title>";
        if (labelled)
            svg_ += fmt::format("<text x=\"0\" y=\"{:.1f}\">{}</text>", y + std::min(row_ * 0.75, 11.0),
                                escaped(name_of(run) + (run.host.empty() ? "" : " " + run.host.substr(0, 10))));
        bar(word_of(run.end), time_, from, to, y, 2);
        const double x = std::max(time_(to), time_(from) + 2), low = y + row_ * 0.75, middle = y + row_ * 0.375;
        // A cross for a failure, an open end for a run without one.
        if (run.end == Run::End::failed)
            svg_ += fmt::format(
                "<path class=\"mark\" d=\"M{0:.1f} {2:.1f}L{1:.1f} {3:.1f}M{1:.1f} {2:.1f}L{0:.1f} "
                "{3:.1f}\"/>",
                x + 1, x + 1 + row_ * 0.5, y, low);
        if (run.end == Run::End::none)
            svg_ += fmt::format("<path class=\"mark\" stroke-dasharray=\"2 2\" d=\"M{:.1f} {:.1f}h12\"/>", x, middle);
        const double computed = run.read_seconds + run.compute_seconds;
        bar("read", seconds_, 0, run.read_seconds, y);
        bar("compute", seconds_, run.read_seconds, computed, y);
        bar("write", seconds_, computed, computed + run.write_seconds, y);
        const auto read = static_cast<double>(run.bytes_read);
        bar("read", bytes_, 0, read, y);
        bar("write", bytes_, read, read + static_cast<double>(run.bytes_written), y);
        svg_ += "</g>\n";
    }

    std::string title(const Run& run) const {
        return escaped(fmt::format(
            "{}{} on {}, process {}\n{} to {}\nread {}, compute {}, write {}\n{} read, {} written, peak memory {}\n{}",
            name_of(run), run.parts > 0 ? fmt::format(" of {}", run.parts) : "", run.host, run.pid,
            seconds_text(run.begin - begin_), seconds_text(run.last - begin_), seconds_text(run.read_seconds),
            seconds_text(run.compute_seconds), seconds_text(run.write_seconds), format_size(run.bytes_read),
            format_size(run.bytes_written), format_size(run.peak_memory), outcome_of(run)));
    }

    const Runs& runs_;
    double begin_, row_;
    Scale time_, seconds_, bytes_;
    std::string svg_;
};

std::string counted(std::size_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

struct Totals {
    std::size_t done = 0, failed = 0, open = 0, bytes_read = 0, bytes_written = 0;
    double read = 0, compute = 0, write = 0, begin = 0, end = 0;
    std::set<std::string> hosts;

    explicit Totals(const Runs& runs) : begin(runs.front()->begin), end(runs.front()->last) {
        for (const Run* run : runs) {
            (run->end == Run::End::done ? done : run->end == Run::End::failed ? failed : open) += 1;
            bytes_read += run->bytes_read, bytes_written += run->bytes_written;
            read += run->read_seconds, compute += run->compute_seconds, write += run->write_seconds;
            begin = std::min(begin, run->begin), end = std::max(end, run->last);
            hosts.insert(run->host);
        }
    }

    std::string text() const {
        return fmt::format(
            "{} on {} in {}: {} done, {} failed, {} without an end. Threads read for {}, computed for {}, wrote for "
            "{}; {} "
            "read, {} written.",
            counted(done + failed + open, "run"), counted(hosts.size(), "host"), seconds_text(end - begin), done,
            failed, open, seconds_text(read), seconds_text(compute), seconds_text(write), format_size(bytes_read),
            format_size(bytes_written));
    }
};

std::string table(const Runs& runs, double begin) {
    std::string text =
        "<details><summary>All figures</summary>\n<table class=\"figures\">\n<tr><th>part</th><th>host</th>"
        "<th>process</th><th>begin (s)</th><th>end (s)</th><th>read (s)</th><th>compute (s)</th><th>write (s)</th>"
        "<th>bytes read</th><th>bytes written</th><th>peak memory</th><th>outcome</th></tr>\n";
    for (const Run* run : runs)
        text += fmt::format(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{:.3f}</td><td>{:.3f}</td><td>{:.3f}</td><td>{:.3f}</td>"
            "<td>{:.3f}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            run->parts > 0 ? fmt::format("{}/{}", run->part, run->parts) : "", escaped(run->host), run->pid,
            run->begin - begin, run->last - begin, run->read_seconds, run->compute_seconds, run->write_seconds,
            run->bytes_read, run->bytes_written, run->peak_memory,
            run->end == Run::End::none ? "no end" : word_of(run->end));
    return text + "</table>\n</details>\n";
}

/// What did not end well, and logs that say nothing; the first hundred.
std::string problems(const RunLogs& logs, double begin) {
    constexpr std::size_t most = 100;
    std::vector<std::string> rows;
    for (const Run& run : logs.runs)
        if (run.end != Run::End::done)
            rows.push_back(fmt::format("<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>",
                                       escaped(run.tool), name_of(run), escaped(run.host),
                                       seconds_text(run.last - begin), escaped(outcome_of(run)), escaped(run.log)));
    for (const std::string& log : logs.silent)
        rows.push_back(
            fmt::format("<td></td><td></td><td></td><td></td><td>says nothing: not begun, or killed before "
                        "its first line</td><td>{}</td>",
                        escaped(log)));
    if (rows.empty()) return "";
    std::string text = fmt::format("<h2>{} did not end well</h2>\n<table class=\"problems\">\n", rows.size());
    for (std::size_t i = 0; i < std::min(rows.size(), most); ++i) text += "<tr>" + rows[i] + "</tr>\n";
    text += "</table>\n";
    if (rows.size() > most) text += fmt::format("<p>and {} more</p>\n", rows.size() - most);
    return text;
}

/// The runs of each command, in the order of their first ones; in a command by part, tries in order.
std::vector<Runs> by_command(const RunLogs& logs) {
    std::vector<Runs> groups;
    std::map<std::pair<std::string, std::string>, std::size_t> known;
    for (const Run& run : logs.runs) {
        const auto [place, is_new] = known.try_emplace({run.tool, run.command}, groups.size());
        if (is_new) groups.emplace_back();
        groups[place->second].push_back(&run);
    }
    for (Runs& runs : groups)
        std::stable_sort(runs.begin(), runs.end(), [](const Run* a, const Run* b) { return a->part < b->part; });
    return groups;
}

}  // namespace

std::string report_page(const RunLogs& logs) {
    Runs all;
    for (const Run& run : logs.runs) all.push_back(&run);
    const Totals totals(all);
    std::string page = head;
    page += fmt::format("<h1>levin report</h1>\n<p class=\"totals\">{}</p>\n", totals.text());
    page +=
        "<p><span class=\"key done\"></span>done<span class=\"key failed\"></span>failed (&#10005;)<span class=\"key "
        "none\"></span>no end (&#8943;)<span class=\"key read\"></span>read<span class=\"key compute\"></span>compute"
        "<span class=\"key write\"></span>write</p>\n";
    page += problems(logs, totals.begin);
    for (const Runs& runs : by_command(logs))
        page += fmt::format("<section>\n<h2>{}</h2>\n<code>{}</code>\n<p class=\"totals\">{}</p>\n{}{}</section>\n",
                            escaped(runs.front()->tool), escaped(runs.front()->command), Totals(runs).text(),
                            Drawing(runs, totals.begin, totals.end).text(), table(runs, totals.begin));
    return page + fmt::format("<p>levin {}</p>\n</body>\n</html>\n", version());
}

}  // namespace levin::cli
