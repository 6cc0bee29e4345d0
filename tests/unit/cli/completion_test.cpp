#include "levin/cli/completion.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "catch.hpp"
#include "example_tool.hpp"
#include "levin/cli/render.hpp"
#include "temp_dir.hpp"

using namespace levin;

namespace {

cli::CompletionTool blur() {
    test::Declared tool;
    return cli::parse_completion(cli::render_completion(test::manual, tool.parser));
}

bool installed(const char* program) {
    if (std::system((std::string("command -v ") + program + " >/dev/null 2>&1").c_str()) == 0) return true;
    std::printf("skipped: completion, %s: not installed\n", program);
    return false;
}

std::string output_of(const std::string& command) {
    std::FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
    std::string text;
    std::array<char, 4096> buffer;
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
        text.append(buffer.data(), count);
    pclose(pipe);
    return text;
}

/// The script of `shell` in a file of `folder`.
std::string write_script(const test::TempDir& folder, const std::string& shell) {
    const std::string path = folder / ("levin." + shell);
    std::ofstream(path) << cli::completion_script(
        shell, {blur(), {"info", "Input and output", "say what's in a store: shape [axes]", {}, {}}});
    return path;
}

/// What bash offers for the last of `words`, joined by spaces.
std::string bash_offers(const std::string& script, const std::string& words) {
    return output_of("bash -c 'set -u; source " + script + "; COMP_WORDS=(" + words +
                     "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _levin; echo \"${COMPREPLY[*]}\"'");
}

}  // namespace

TEST_CASE("completion: the lines of a tool read back as they were written") {
    const cli::CompletionTool tool = blur();
    CHECK(tool.name == "blur");
    CHECK(tool.group == "Images");
    CHECK(tool.summary == "smooth images");
    REQUIRE(tool.arguments.size() == 3);
    CHECK(tool.arguments[0].choices == std::vector<std::string>{"median", "gaussian"});
    CHECK(tool.arguments[1].value == cli::CompletionEntry::Value::path);
    CHECK(cli::write_completion(cli::parse_completion(cli::write_completion(tool))) == cli::write_completion(tool));
    for (const cli::CompletionEntry& option : tool.options) {
        CHECK(option.name != "--help-completion");
        if (option.name == "--codec")
            CHECK(option.choices == std::vector<std::string>{"none", "zstd", "blosc", "gzip"});
        if (option.name == "--threads") CHECK(option.short_name == "-j");
    }
}

TEST_CASE("completion: a stranger's output is refused") {
    CHECK_THROWS_AS(cli::parse_completion("Usage: levin-other\n"), Error);
    CHECK_THROWS_AS(cli::parse_completion(""), Error);
    CHECK_THROWS_AS(cli::parse_completion("levin-completion\t1\tx;rm\tg\ts\n"), Error);
    CHECK_THROWS_AS(cli::parse_completion("levin-completion\t1\tx\tg\ts\noption\t--a$(b)\t\tnone\tonce\t\th\n"), Error);
    CHECK_THROWS_AS(cli::completion_script("csh", {}), UsageError);
}

TEST_CASE("completion: bash offers tools, options, values and files") {
    if (!installed("bash")) return;
    test::TempDir folder;
    const std::string script = write_script(folder, "bash");
    CHECK(bash_offers(script, "levin bl") == "blur\n");
    CHECK(bash_offers(script, "levin \"\"") == "blur info help completion --help --version\n");
    CHECK(bash_offers(script, "levin blur --sig") == "--sigma\n");
    CHECK(bash_offers(script, "levin-blur --mode \"\"") == "reflect nearest wrap\n");
    CHECK(bash_offers(script, "/usr/bin/levin-blur --mode = w") == "wrap\n");
    CHECK(bash_offers(script, "levin-blur --mode =") == "reflect nearest wrap\n");
    CHECK(bash_offers(script, "levin blur --sigma 3 --fast \"\"") == "median gaussian\n");
    CHECK(bash_offers(script, "levin blur --sigma \"\"") == "\n");
    CHECK(bash_offers(script, "levin blur median " + folder.path().string() + "/lev") == script + "\n");
    CHECK(bash_offers(script, "levin blur --csv " + folder.path().string() + "/lev") == script + "\n");
    CHECK(bash_offers(script, "levin help i") == "info\n");
    CHECK(bash_offers(script, "levin completion f") == "fish\n");
}

TEST_CASE("completion: zsh reads the script and accepts its option specifications") {
    if (!installed("zsh")) return;
    test::TempDir folder;
    const std::string script = write_script(folder, "zsh");
    CHECK(output_of("zsh -n " + script) == "");
    // Completion only runs in the line editor, so zsh gets a terminal of its own and a deadline for each answer.
    const std::string driver = folder / "driver.zsh";
    std::ofstream(driver) << R"(zmodload zsh/zpty
zpty -b z zsh -fi
answer() {  # keys, expected text
    local out= chunk
    zpty -w -n z $1
    for (( i = 0; i < 100; i++ )); do
        while zpty -rt z chunk; do out+=$chunk; done
        if [[ $out == *$2* ]]; then print -r -- "found $2"; return; fi
        sleep 0.1
    done
    print -r -- "no $2 in $out"
}
answer "PS1=; autoload -Uz compinit; compinit -u -D; source $1; echo RE''ADY"$'\n' READY
answer $'levin blur --mode w\t' 'mode wrap'
answer $'\C-ulevin bl\t' 'levin blur'
answer $'\C-ulevin-blur med\t' 'blur median'
zpty -d z
)";
    CHECK(output_of("zsh -f " + driver + " " + script + " </dev/null") ==
          "found READY\nfound mode wrap\nfound levin blur\nfound blur median\n");
}

TEST_CASE("completion: fish offers tools, options and values") {
    if (!installed("fish")) return;
    test::TempDir folder;
    const std::string script = write_script(folder, "fish");
    const std::string fish = "HOME=" + folder.path().string() + " fish --no-config ";
    CHECK(output_of(fish + "--no-execute " + script) == "");
    const auto offers = [&](const std::string& line) {
        return output_of(fish + "-c 'source " + script + "; complete -C\"" + line + "\"'");
    };
    CHECK(offers("levin bl") == "blur\tsmooth images\n");
    CHECK(offers("levin blur --sig") == "--sigma\twidth of the Gaussian\n");
    CHECK(offers("levin-blur --mode w") == "wrap\thow the border goes on\n");
    CHECK(offers("levin blur --mode w") == "wrap\thow the border goes on\n");
    CHECK(offers("levin blur med") == "median\n");
    CHECK(offers("levin inf") ==
          "info\tsay what'"
          "s in a store: shape [axes]\n");
}
