/// The files of every engine. Private to job_*.cpp.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "levin/cli/jobs.hpp"

namespace levin::cli::detail {

inline constexpr int retries = 3;  // of a part that ends with 75

using Files = std::vector<JobFile>;

/// Lines of a comment in a script or a Makefile: a name may hold a newline, which would end it.
inline std::string comment(const std::string& text) {
    std::string lines = "# ";
    for (const char c : text) lines += c == '\n' ? std::string("\n#   ") : std::string(1, c);
    return lines + "\n";
}

/// Every line of a text behind `indent`.
inline std::string indented(const std::string& text, const std::string& indent) {
    std::string lines;
    for (std::size_t at = 0, end; (end = text.find('\n', at)) != text.npos; at = end + 1)
        lines += indent + text.substr(at, end + 1 - at);
    return lines;
}

/// One function an engine. What each scheduler does with an exit status, with a failed predecessor and with cores is in
/// its manual; the lines that depend on it say so.
class Writer {
  public:
    Writer(const JobOptions& options, const std::vector<Step>& steps) : options_(options), steps_(steps) {}

    Files local() const;
    Files parallel() const;
    Files make() const;
    Files slurm() const;
    Files sge() const;
    Files condor() const;

  private:
    Index parts(std::size_t i) const { return steps_[i].in_parts ? options_.parts : 1; }
    std::size_t megabytes(std::size_t i) const { return std::max<std::size_t>(1, steps_[i].memory >> 20); }
    std::string path(const std::string& name) const { return shell_quoted(options_.folder + "/" + name); }
    std::string script(std::size_t i) const { return fmt::format("step-{}.sh", i + 1); }
    /// The job behind a step's parts: it makes the store visible, or ends a round.
    std::string last(std::size_t i) const {
        return fmt::format("{}-{}", steps_[i].in_rounds ? "merge" : "publish", i + 1);
    }
    std::string last_script(std::size_t i) const { return last(i) + ".sh"; }
    std::string log(std::size_t i) const { return options_.folder + fmt::format("/logs/step-{}", i + 1); }

    /// The scripts of all steps; `ending(step)` is what the engine has to hear of a part's $status, and
    /// `last_ending(step)` of that of the job behind the parts.
    using Ending = std::function<std::string(std::size_t)>;
    static std::string plain_ending(std::size_t) { return "exit $status\n"; }
    Files scripts(const Ending& ending = plain_ending, const Ending& last_ending = plain_ending) const;
    JobFile part_script(std::size_t i, const std::string& ending) const;
    JobFile publish_script(std::size_t i, const std::string& ending) const;
    JobFile merge_script(std::size_t i, const std::string& ending) const;
    std::string command(std::size_t i) const;
    std::string logged(std::size_t i, const std::string& command) const;

    /// `parts`, which run a step's parts and wait for them, and the job behind them: in a shell whose variables begin
    /// with `dollar`, again and again where the step goes in rounds.
    std::string with_last(std::size_t i, const std::string& parts, const char* dollar = "$") const;

    /// For engines to which jobs are submitted: `run` and a script for each step in rounds, which submits one round and
    /// which the merge starts again, or that for the steps behind it. `submit(step)` sets $job to the number of the
    /// last job of the step, which is to run after $job where that is not empty.
    void add_submitting(Files& files, const std::string& what, const Ending& submit, const std::string& number) const;
    /// What a merge tells the engine: it has submitted what comes next.
    std::string merge_ending(std::size_t i) const;
    /// A function of a shell that knows no "try again": 75 is, nothing else.
    static std::string try_function() {
        return fmt::format(
            "try() {{\n    for n in $(seq {}); do\n        status=0\n        bash \"$@\" || status=$?\n"
            "        [ $status = 75 ] || return $status\n    done\n    return 75\n}}\n",
            retries + 1);
    }
    JobFile script_of(const std::string& name, const std::string& what, const std::string& text) const {
        return {name, fmt::format("#!/bin/bash\n# {}\nset -euo pipefail\ncd {}\n{}", what, shell_quoted(options_.work),
                                  text)};
    }
    JobFile run(const std::string& what, const std::string& text) const { return script_of("run", what, text); }

    const JobOptions& options_;
    const std::vector<Step>& steps_;
};

}  // namespace levin::cli::detail
