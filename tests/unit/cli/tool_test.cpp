#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "example_tool.hpp"
#include "temp_dir.hpp"

using namespace levin;

namespace {

struct Outcome {
    int status;
    std::string out, err;
};

std::string slurp(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// Runs the example tool in a process of its own; `out_path` replaces its stdout ("" for a file, "closed" to close it).
Outcome run_example(std::vector<std::string> words, const std::string& out_path = "") {
    test::TempDir folder;
    const std::string out = out_path.empty() ? folder / "out" : out_path, err = folder / "err";
    words.insert(words.begin(), "levin-blur");
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        std::vector<char*> argv;
        for (std::string& word : words) argv.push_back(word.data());
        dup2(open(err.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
        if (out_path == "closed") close(STDOUT_FILENO);
        else dup2(open(out.c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO);
        const int status =
            cli::run_tool(static_cast<int>(argv.size()), argv.data(), test::manual, test::declare, test::run);
        std::fflush(nullptr);
        _exit(status);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, out_path.empty() ? slurp(out) : "", slurp(err)};
}

}  // namespace

TEST_CASE("tool: a good run prints its result and exits 0") {
    const Outcome outcome = run_example({"median", "a", "b"});
    CHECK(outcome.status == 0);
    CHECK(outcome.out == "a to b\n");
    CHECK(outcome.err == "");
}

TEST_CASE("tool: each kind of failure has its exit status and message") {
    const std::pair<const char*, std::pair<int, std::string>> cases[] = {
        {"usage", {2, "levin-blur: no axis q\ntry: levin-blur --help\n"}},
        {"error", {1, "levin-blur: a.zarr/c/0: 3 bytes, expected 8\n"}},
        {"transient", {75, "levin-blur: disk full\n"}},
        {"other", {1, "levin-blur: odd\n"}},
    };
    for (const auto& [input, expected] : cases) {
        const Outcome outcome = run_example({"median", input, "b"});
        CHECK(outcome.status == expected.first);
        CHECK(outcome.err == expected.second);
        CHECK(outcome.out == "");
    }
    CHECK(run_example({"median", "interrupted", "b"}).status == 128 + 15);
    const Outcome memory = run_example({"median", "memory", "b"});
    CHECK(memory.status == 75);
    CHECK(memory.err.find("--memory") != std::string::npos);
}

TEST_CASE("tool: every line of a usage error carries the program's name") {
    const Outcome outcome = run_example({"median", "--fsat", "--offset", "x"});
    CHECK(outcome.status == 2);
    CHECK(outcome.err ==
          "levin-blur: unknown option --fsat, did you mean --fast?\nlevin-blur: --offset: 'x' is not a number\ntry: "
          "levin-blur --help\n");
}

TEST_CASE("tool: with --log-json a failure is one JSON object") {
    const Outcome outcome = run_example({"median", "error", "b", "--log-json"});
    CHECK(outcome.status == 1);
    CHECK(outcome.err.starts_with("{\"event\":\"failed\",\"time\":"));
    CHECK(outcome.err.find(",\"tool\":\"levin-blur\",\"status\":1,") != outcome.err.npos);
    CHECK(outcome.err.ends_with(",\"message\":\"a.zarr/c/0: 3 bytes, expected 8\"}\n"));
}

TEST_CASE("tool: a full or closed standard output is an error when something was printed") {
    const Outcome full = run_example({"median", "a", "b"}, "/dev/full");
    CHECK(full.status == 75);
    CHECK(full.err.starts_with("levin-blur: cannot write to standard output: No space left on device"));
    const Outcome closed = run_example({"median", "a", "b"}, "closed");
    CHECK(closed.status == 1);
    CHECK(closed.err == "levin-blur: cannot write to standard output: Bad file descriptor\n");
    CHECK(run_example({"--help"}, "/dev/full").status == 75);
    CHECK(run_example({"median", "error", "b"}, "/dev/full").status == 1);
}

TEST_CASE("tool: --version names levin and its libraries") {
    const Outcome outcome = run_example({"--version"});
    CHECK(outcome.status == 0);
    CHECK(outcome.out.starts_with("levin-blur (levin) "));
    for (const char* library : {"\nfmt ", "\nzstd ", "\nc-blosc ", "\nzlib ", "\nlibtiff ", "\nlibpng "})
        CHECK(outcome.out.find(library) != std::string::npos);
}
