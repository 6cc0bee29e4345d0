#include "levin/cli/render.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "example_tool.hpp"
#include "temp_dir.hpp"

using namespace levin;
using levin::test::Declared;

namespace {

bool installed(const char* program) {
    return std::system((std::string("command -v ") + program + " >/dev/null 2>&1").c_str()) == 0;
}

std::string slurp(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("help: shows usage, defaults, choices, groups, examples and exit status") {
    Declared tool;
    const std::string help = cli::render_help(test::manual, tool.parser);
    INFO(help);
    const auto at = [&](const char* text) {
        const std::size_t position = help.find(text);
        CHECK(position != std::string::npos);
        return position;
    };
    CHECK(at("Usage: levin-blur [OPTIONS] KIND INPUT OUTPUT\n") == 0);
    CHECK(at("Smooth images.\n") < at("\nArguments:\n"));
    at("  y[i] = sum_k w[k] x[i - k]\n");
    at("  --sigma PX");
    at("width of the Gaussian [default: 2]");
    at("[default: 3,3]");
    at("how the border goes on; one of reflect, nearest,");
    at("[default: reflect]");
    at("--natural, --no-natural");
    at("median      rank n//2\n");
    at("-j, --threads N");
    CHECK(at("\nOptions:\n") < at("\nInput:\n"));
    CHECK(at("\nInput:\n") < at("\nOutput:\n"));
    CHECK(at("\nOutput:\n") < at("\nExecution:\n"));
    CHECK(at("\nExecution:\n") < at("\nGeneral:\n"));
    at("  levin blur gaussian a.zarr b.zarr --sigma 2px\n      smooths by two pixels\n");
    at("128+n");
    at("See also:\n  levin-toseries(1), scipy.ndimage");
    CHECK(help.find("--help-completion") == std::string::npos);
    CHECK(help.find(" \n") == std::string::npos);
}

TEST_CASE("help: is at most 80 columns wide") {
    Declared tool;
    std::istringstream lines(cli::render_help(test::manual, tool.parser));
    for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 80);
}

TEST_CASE("help: a default refined after binding is shown, a needed option is in the usage") {
    std::string axis, text = "hidden";
    cli::Parser parser("project");
    parser.option(axis, "--axis", "AXES", "Axes.").required();
    parser.option(text, "--x", "X", "X.").defaults_to("half");
    const std::string help = cli::render_help(test::manual, parser);
    CHECK(help.find("Usage: levin-project [OPTIONS] --axis AXES\n") == 0);
    CHECK(help.find("[default: half]") != std::string::npos);
}

TEST_CASE("man page: has every section and escapes what roff would change") {
    Declared tool;
    const std::string page = cli::render_man_page(test::manual, tool.parser);
    INFO(page);
    for (const char* part :
         {".TH LEVIN\\-BLUR 1 \"\" \"levin ", ".SH NAME\nlevin\\-blur \\- smooth images\n", ".SH SYNOPSIS\n",
          ".SH DESCRIPTION\n", ".SH OPTIONS\n", ".SS Input\n", ".SH EXAMPLES\n", ".SH EXIT STATUS\n", ".SH SEE ALSO\n",
          "\\fB\\-\\-sigma\\fR \\fIPX\\fR", "\\(aqquoted\\(aq", "back\\eslash", "half-open", "exp(\\-k\\(ha2"})
        CHECK(page.find(part) != std::string::npos);
}

TEST_CASE("man page: man and mandoc find nothing to warn of") {
    test::TempDir folder;
    const std::string page = folder / "levin-blur.1", found = folder / "found";
    Declared tool;
    std::ofstream(page) << cli::render_man_page(test::manual, tool.parser);
    if (installed("man")) {
        CHECK(std::system(
                  ("LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l " + page + " >/dev/null 2>" + found).c_str()) == 0);
        CHECK(slurp(found) == "");
    } else {
        WARN("skipped: man page, man: not installed");
    }
    if (installed("mandoc")) {
        CHECK(std::system(("mandoc -T lint -W warning " + page + " | grep -v 'missing date' >" + found).c_str()) != 0);
        CHECK(slurp(found) == "");
    } else {
        WARN("skipped: man page, mandoc: not installed");
    }
}
