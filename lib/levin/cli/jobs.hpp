/// Job files for schedulers that exist: what `levin fanout` writes. levin schedules nothing itself.
#pragma once
#include <string>
#include <vector>

#include "levin/core/dims.hpp"

namespace levin::cli {

/// One command of a chain.
struct Step {
    std::vector<std::string> command;  ///< the program's path and its words
    std::string text;                  ///< as the user typed it
    std::string store;                 ///< its OUTPUT
    std::size_t output = 0;            ///< which of the words that is
    std::vector<std::size_t> paths{};  ///< words that are an option's path: "FILE" behind --csv, or "--csv=FILE"
    bool in_parts = false, resumes = false, logs = false;  ///< the tool has --part, --resume, --log-json
    bool in_rounds = false;                                ///< parts come again and again, --merge ends each round
    std::string plan{};                                    ///< what a part of it will need; see job_plan.hpp
    std::size_t memory = 0;                                ///< of a part, in bytes, as asked of the scheduler
};

/// Splits "levin-filter ... :: levin-toseries ..." and asks each tool which of its words is OUTPUT. UsageError for a
/// tool that is not there, an option that the tool or fanout itself decides about (--part, --threads ...), no OUTPUT.
std::vector<Step> parse_steps(const std::vector<std::string>& words);

struct JobOptions {
    std::string engine;  ///< one of engines()
    Index parts = 1;
    std::string work, folder;        ///< where the commands run; where the job files are
    int threads = 1;                 ///< of each part
    std::size_t memory = 0;          ///< of each part, in bytes, as asked of the scheduler
    bool fit_memory = false;         ///< ask for less where a step's plan needs less
    std::string time, queue, nodes;  ///< in the engine's own words, or empty
};

struct JobFile {
    std::string name, text;
};

/// local, parallel, make, slurm, sge, condor.
const std::vector<std::string>& engines();

/// The files, of which "run" starts everything. Exit status 75 of a part is tried again, no other is, in the engine's
/// own words. UsageError for what the engine cannot express.
std::vector<JobFile> job_files(const JobOptions& options, const std::vector<Step>& steps);

/// A word as a POSIX shell reads it back.
std::string shell_quoted(const std::string& word);

}  // namespace levin::cli
