// Draws what the jobs of a chain did, from their logs.
#include <fmt/format.h>

#include "levin/cli/report_page.hpp"
#include "levin/cli/tool.hpp"
#include "levin/core/error.hpp"
#include "levin/store/file.hpp"

namespace {

using namespace levin;

const cli::Manual manual{
    .name = "report",
    .group = "Jobs",
    .summary = "draw what the parts of a job did, from their logs",
    .description =
        {"Reads what tools wrote with --log-json and draws who did what when: one page of HTML with the pictures in "
         "it, "
         "which any browser opens from a disk; it holds no script and fetches nothing. Each command has a section, "
         "each "
         "run a row: when it ran, the seconds its threads read, computed and wrote (decoding is reading, encoding is "
         "writing), and the bytes; a table has all figures. A part that was tried again has a row for each try.",
         "A run that failed is shown with its message. One whose log has no end was killed or is still at work; a log "
         "without a line belongs to a job that did not begin. They stand at the top of the page.",
         "One log may hold the lines of many jobs. The files that levin fanout writes keep the logs of their parts in "
         "DIR/logs. Times are those of the nodes' clocks: where these disagree, so do the rows."},
    .examples = {{"levin filter median in.zarr out.zarr --size 3 --part 1/8 --log-json 2>part-1.json",
                  "keeps the log of a part"},
                 {"levin report part-1.json -o report.html", "draws it"},
                 {"levin report jobs/logs/*.json -o report.html", "draws all parts of a fanout"}},
    .see_also = {"fanout", "check"},
};

struct Options {
    std::vector<std::string> logs;
    std::string output;
    bool force = false;
};

void declare(cli::Parser& parser, Options& options) {
    parser.positional_list(options.logs, "LOGS", "files with lines of --log-json").path();
    parser.option(options.output, "--output,-o", "FILE", "page to write, e.g. report.html").path().required();
    parser.flag(options.force, "--force,-f", "replace FILE if it exists");
}

void run(const Options& options) {
    if (!options.force && store::exists(options.output))
        throw Error(fmt::format("output {} exists already; use --force to replace it", options.output));
    const cli::RunLogs logs = cli::read_run_logs(options.logs);
    store::write_file(options.output, cli::report_page(logs), false);
    fmt::print("{} runs in {}\n", logs.runs.size(), options.output);
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
