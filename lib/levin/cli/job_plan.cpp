#include "levin/cli/job_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "levin/cli/programs.hpp"
#include "levin/core/error.hpp"
#include "levin/core/resources.hpp"
#include "levin/engine/scratch.hpp"
#include "levin/store/file.hpp"
#include "levin/store/pending.hpp"

namespace levin::cli {
namespace {

namespace fs = std::filesystem;

/// Whether `word` is `store`, an array in it or a part of it.
bool names(const std::string& word, const std::string& store) {
    return word.starts_with(store) &&
           (word.size() == store.size() || word[store.size()] == '/' || word[store.size()] == '[');
}

/// The path in a word "PATH" or "--option=PATH".
std::string path_in(const std::string& word) {
    return word.starts_with("--") && word.find('=') != word.npos ? word.substr(word.find('=') + 1) : word;
}

class Planner {
  public:
    Planner(const JobOptions& options, std::vector<Step>& steps)
        : options_(options),
          steps_(steps),
          scratch_(fmt::format("{}/levin-fanout-{}", engine::scratch_folder(), store::unique_name())) {
        store::make_directories(scratch_, false);
    }
    ~Planner() {
        std::error_code ignored;
        fs::remove_all(scratch_, ignored);
    }
    Planner(const Planner&) = delete;
    Planner& operator=(const Planner&) = delete;

    void run() {
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            steps_[i].memory = options_.memory;
            const auto missing = without_stand_in(i);
            if (missing) {
                steps_[i].plan = fmt::format("not planned: it reads {}, which is not known before step {} has run\n",
                                             steps_[*missing].store, *missing + 1);
                continue;
            }
            steps_[i].plan = dry_run(i);
            if (options_.fit_memory) fit_memory(i);
            const bool needed = std::any_of(steps_.begin() + static_cast<std::ptrdiff_t>(i) + 1, steps_.end(),
                                            [&](const Step& later) { return mentions(later, steps_[i].store); });
            if (needed && steps_[i].in_parts && !steps_[i].in_rounds) make_stand_in(i);
        }
    }

  private:
    static bool mentions(const Step& step, const std::string& store) {
        for (std::size_t i = 1; i < step.command.size(); ++i)
            if (i != step.output && names(path_in(step.command[i]), store)) return true;
        return false;
    }

    /// The earlier step whose store this one reads and which nobody has made.
    std::optional<std::size_t> without_stand_in(std::size_t step) const {
        for (std::size_t i = 0; i < step; ++i)
            if (!stand_ins_.contains(steps_[i].store) && mentions(steps_[step], steps_[i].store)) return i;
        return std::nullopt;
    }

    std::string replaced(const std::string& word) const {
        const std::string path = path_in(word);
        for (const auto& [store, stand_in] : stand_ins_)
            if (names(path, store))
                return word.substr(0, word.size() - path.size()) + stand_in + path.substr(store.size());
        return word;
    }

    /// The step's words, stand-ins in the place of what is not there.
    std::vector<std::string> words_of(const Step& step) const {
        std::vector<std::string> words = step.command;
        for (std::size_t i = 1; i < words.size(); ++i)
            if (i != step.output) words[i] = replaced(words[i]);
        return words;
    }

    /// What a tool says, with the names that the user knows.
    std::string run_tool(std::size_t step, std::vector<std::string> words, const std::string& what) const {
        for (const std::string& word : {fmt::format("--memory={}M", tool_megabytes(steps_[step].memory)),
                                        fmt::format("--threads={}", options_.threads), std::string("--quiet")})
            words.push_back(word);
        Outcome outcome = run_program(words, Messages::kept);
        for (const auto& [store, stand_in] : stand_ins_)
            for (std::size_t at; (at = outcome.text.find(stand_in)) != std::string::npos;)
                outcome.text.replace(at, stand_in.size(), store);
        if (outcome.status == 0) return outcome.text;
        const std::string message =
            fmt::format("step {} {} with {} of memory: {}\n{}", step + 1, what, format_size(steps_[step].memory),
                        steps_[step].text, outcome.text.substr(0, outcome.text.find_last_not_of('\n') + 1));
        if (outcome.status == 2) throw UsageError(message);
        throw Error(message);
    }

    std::string dry_run(std::size_t step) const {
        const auto with = [&](const std::string& word) {
            std::vector<std::string> words = words_of(steps_[step]);
            words.push_back("--dry-run");
            if (!word.empty()) words.push_back(word);
            return run_tool(step, words, "cannot run");
        };
        if (!steps_[step].in_parts) return with("");
        // Where there are more parts than units the last is one that has work.
        std::string plan = with(fmt::format("--part={0}/{0}", options_.parts));
        if (steps_[step].in_rounds) plan += "The merge's:\n" + with("--merge");
        return plan;
    }

    /// What follows a word at the begin of lines of a plan.
    static std::vector<std::string> lines_of(const std::string& plan, const std::string& word) {
        std::vector<std::string> lines;
        for (std::size_t at = 0; (at = plan.find("\n" + word + " ", at)) != plan.npos;) {
            at = plan.find_first_not_of(' ', at + 1 + word.size());
            lines.push_back(plan.substr(at, plan.find('\n', at) - at));
        }
        return lines;
    }

    /// Asks for no more than the plan takes, where it reads no more with that either. Programs and libraries count in
    /// some engines' limits, so that little is left of a small one.
    void fit_memory(std::size_t i) {
        constexpr std::size_t least = std::size_t{512} << 20, step = std::size_t{64} << 20;
        std::size_t planned = 0;
        for (std::string figure : lines_of(steps_[i].plan, "memory")) {  // "135.4 MiB of 1.6 GiB"
            figure.erase(figure.find(" of "));
            std::erase(figure, ' ');
            planned = std::max(planned, parse_size(figure));
        }
        if (planned == 0) return;
        const std::size_t asked = std::max(least, (planned / 4 * 5 + 2 * step - 1) / step * step);
        if (asked >= options_.memory) return;
        steps_[i].memory = asked;
        try {
            const std::string plan = dry_run(i);
            if (lines_of(plan, "reads") == lines_of(steps_[i].plan, "reads")) {
                steps_[i].plan = plan;
                return;
            }
        } catch (const Error&) {  // too little after all
        }
        steps_[i].memory = options_.memory;
    }

    /// The step's store without its chunks. What its options would write besides is left out.
    void make_stand_in(std::size_t i) {
        const Step& step = steps_[i];
        const std::string stand_in = fmt::format("{}/{}.zarr", scratch_, i + 1);
        const std::vector<std::string> given = words_of(step);
        std::vector<std::string> words;
        for (std::size_t k = 0; k < given.size(); ++k) {
            const bool is_path = std::find(step.paths.begin(), step.paths.end(), k) != step.paths.end();
            if (!is_path || fs::exists(path_in(given[k]))) words.push_back(k == step.output ? stand_in : given[k]);
            else if (path_in(given[k]) == given[k]) words.pop_back();  // the option before it
        }
        words.push_back("--create-only");
        run_tool(i, words, "cannot make its store");
        publish(stand_in);
        stand_ins_[step.store] = stand_in;
    }

    /// Makes the metadata visible, of an array or of a group and its arrays.
    static void publish(const std::string& store) {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(store, ignored)) {
            const std::string member = entry.path().string();
            if (const auto documents = store::pending_documents(member); !documents.empty())
                store::publish_documents(store::Folder(member), documents, false);
        }
        store::publish_documents(store::Folder(store), store::pending_documents(store), false);
    }

    const JobOptions& options_;
    std::vector<Step>& steps_;
    std::string scratch_;
    std::map<std::string, std::string> stand_ins_;  ///< by the store's name
};

}  // namespace

std::size_t tool_megabytes(std::size_t asked) { return std::max<std::size_t>(1, (asked >> 20) * 4 / 5); }

void plan_steps(const JobOptions& options, std::vector<Step>& steps) { Planner(options, steps).run(); }

}  // namespace levin::cli
