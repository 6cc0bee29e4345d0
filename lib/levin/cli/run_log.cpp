#include "levin/cli/run_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "levin/core/error.hpp"

namespace levin::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_line = std::size_t{1} << 20;

/// One line, with the fields that every line has.
class Line {
  public:
    explicit Line(const std::string& text) : json_(Json::parse(text, nullptr, false)) {
        if (!json_.is_object())
            throw Error(
                fmt::format("'{}' is no line of --log-json, which are JSON objects; a log takes standard "
                            "error of levin's tools only",
                            text.substr(0, 60)));
        for (const char* name : {"event", "time", "host", "pid", "tool"})
            if (!json_.contains(name))
                throw Error(
                    fmt::format("the line has no field '{}'; expected what levin {} writes", name, "--log-json"));
    }

    std::string text(const char* name) const { return get<std::string>(name, "a text", ""); }
    double number(const char* name) const {
        const double value = get<double>(name, "a number", 0);
        if (!(value >= 0 && value < 1e18)) fail(name, "a number of at least 0");
        return value;
    }
    Index integer(const char* name) const { return static_cast<Index>(number(name)); }
    bool has(const char* name) const { return json_.contains(name); }

  private:
    [[noreturn]] void fail(const char* name, const char* expected) const {
        throw Error(fmt::format("field '{}' is {}, expected {}", name,
                                json_[name].dump(-1, ' ', false, Json::error_handler_t::replace), expected));
    }
    template <class T>
    T get(const char* name, const char* expected, T otherwise) const {
        const auto found = json_.find(name);
        if (found == json_.end()) return otherwise;
        if (std::is_same_v<T, double> ? !found->is_number() : !found->is_string()) fail(name, expected);
        return found->template get<T>();
    }

    Json json_;
};

/// What one file tells. Lines of several processes may stand in it side by side.
class Reader {
  public:
    Reader(std::string path, std::vector<Run>& runs) : path_(std::move(path)), runs_(runs) {}

    void take(const std::string& text) {
        const Line line(text);
        const std::string event = line.text("event"), tool = line.text("tool");
        const auto who = std::pair(line.text("host"), line.integer("pid"));
        if (event == "begin") open_.erase(who);  // the process number was used before
        const auto found = open_.find(who);
        if (found == open_.end() && event != "begin" && event != "failed")
            throw Error(fmt::format("'{}' of {} comes before its 'begin': lines are missing", event, tool));
        if (found == open_.end()) {
            open_[who] = runs_.size();
            runs_.push_back(first(line));
        }
        Run& run = runs_[open_.at(who)];
        if (run.tool != tool)
            throw Error(fmt::format("process {} is {} here and was {} before: logs of several runs are mixed up",
                                    who.second, tool, run.tool));
        update(run, event, line);
        if (run.end != Run::End::none) open_.erase(who);
    }

  private:
    Run first(const Line& line) const {
        Run run;
        run.log = path_;
        run.tool = line.text("tool"), run.command = line.text("command");
        run.host = line.text("host"), run.pid = line.integer("pid");
        run.part = line.integer("part"), run.parts = line.integer("parts");
        run.begin = run.last = line.number("time");
        return run;
    }

    static void update(Run& run, const std::string& event, const Line& line) {
        run.last = std::max(run.last, line.number("time"));
        if (line.has("units")) run.units = line.integer("units"), run.units_done = line.integer("done");
        const auto bytes = [&](const char* name, std::size_t& value) {
            if (line.has(name)) value = static_cast<std::size_t>(line.integer(name));
        };
        bytes("bytes_read", run.bytes_read);
        bytes("bytes_written", run.bytes_written);
        if (event == "done") {
            run.end = Run::End::done;
            bytes("peak_memory", run.peak_memory);
            run.read_seconds = line.number("read_seconds");
            run.compute_seconds = line.number("compute_seconds");
            run.write_seconds = line.number("write_seconds");
        } else if (event == "failed") {
            run.end = Run::End::failed;
            run.status = static_cast<int>(line.integer("status"));
            run.message = line.text("message");
        } else if (event != "begin" && event != "start" && event != "progress" && event != "note") {
            throw Error(
                fmt::format("event '{}' is unknown; expected begin, start, progress, note, done or failed", event));
        }
    }

    std::string path_;
    std::vector<Run>& runs_;
    std::map<std::pair<std::string, Index>, std::size_t> open_;  ///< by host and process
};

void read_log(const std::string& path, std::vector<Run>& runs) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        throw Error(fmt::format("{} is a folder; name the log files in it, such as {}/*.json", path, path));
    std::ifstream file(path);
    if (!file) throw_system_error("cannot open " + path, errno);
    Reader reader(path, runs);
    std::string text;
    for (Index number = 1; std::getline(file, text); ++number) {
        if (file.eof()) return;  // without its end: the process was stopped while it wrote
        with_context([&] { return fmt::format("{}, line {}", path, number); },
                     [&] {
                         if (text.size() > longest_line)
                             throw Error(fmt::format("{} bytes, no line of --log-json is so long", text.size()));
                         reader.take(text);
                     });
    }
    if (file.bad()) throw_system_error("cannot read " + path, errno);
}

}  // namespace

RunLogs read_run_logs(const std::vector<std::string>& paths) {
    RunLogs logs;
    for (const std::string& path : paths) {
        const std::size_t before = logs.runs.size();
        read_log(path, logs.runs);
        if (logs.runs.size() == before) logs.silent.push_back(path);
    }
    if (logs.runs.empty())
        throw Error(fmt::format("no run in {}: {}; was the tool called with --log-json 2>LOG?",
                                paths.size() == 1 ? "the log" : "any of the logs", paths.front()));
    std::stable_sort(logs.runs.begin(), logs.runs.end(), [](const Run& a, const Run& b) { return a.begin < b.begin; });
    return logs;
}

}  // namespace levin::cli
