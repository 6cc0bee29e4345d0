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
    std::string publish(std::size_t i) const { return fmt::format("publish-{}.sh", i + 1); }
    std::string log(std::size_t i) const { return options_.folder + fmt::format("/logs/step-{}", i + 1); }

    /// The scripts of all steps; `ending(step)` is what the engine has to hear of a part's $status, and
    /// `publish_ending` of a publisher's.
    Files scripts(
        const std::function<std::string(std::size_t)>& ending = [](std::size_t) { return "exit $status\n"; },
        const std::string& publish_ending = "exit $status\n") const;
    JobFile part_script(std::size_t i, const std::string& ending) const;
    JobFile publish_script(std::size_t i, const std::string& ending) const;
    /// A function of a shell that knows no "try again": 75 is, nothing else.
    static std::string try_function() {
        return fmt::format(
            "try() {{\n    for n in $(seq {}); do\n        status=0\n        bash \"$@\" || status=$?\n"
            "        [ $status = 75 ] || return $status\n    done\n    return 75\n}}\n",
            retries + 1);
    }
    JobFile run(const std::string& what, const std::string& text) const {
        return {"run", fmt::format("#!/bin/bash\n# {}\nset -euo pipefail\ncd {}\n{}", what, shell_quoted(options_.work),
                                   text)};
    }

    const JobOptions& options_;
    const std::vector<Step>& steps_;
};

}  // namespace levin::cli::detail
