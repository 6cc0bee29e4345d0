#include "catch.hpp"
#include "example_tool.hpp"
#include "levin/cli/suggest.hpp"

using namespace levin;
using levin::test::Declared;
using Words = std::vector<std::string>;

TEST_CASE("parser: arguments and options reach the variables they are bound to") {
    Declared tool;
    REQUIRE(tool.parse({"gaussian", "a.zarr", "--sigma", "1.5", "b.zarr", "--size=5,7", "--mode", "wrap", "--seed",
                        "18446744073709551615", "-vv", "-j4", "-f"}) == cli::Request::run);
    CHECK(tool.options.kind == test::Kind::gaussian);
    CHECK(tool.options.input.path == "a.zarr");
    CHECK(tool.options.output.path == "b.zarr");
    CHECK(tool.options.sigma == 1.5);
    CHECK(tool.options.sizes == std::vector<Index>{5, 7});
    CHECK(tool.options.mode == BorderMode::wrap);
    CHECK(tool.options.seed == 18446744073709551615u);
    CHECK(tool.options.execution.verbose == 2);
    CHECK(tool.options.execution.threads == 4);
    CHECK(tool.options.execution.force);
    CHECK(tool.options.output.codec.empty());
}

TEST_CASE("parser: what is not given keeps the default of the options struct") {
    Declared tool;
    tool.parse({"median", "a", "b"});
    CHECK(tool.options.sigma == 2);
    CHECK(tool.options.sizes == std::vector<Index>{3, 3});
    CHECK_FALSE(tool.options.seed.has_value());
    CHECK(tool.options.natural);
}

TEST_CASE("parser: negative numbers and a lone dash are values") {
    Declared tool;
    tool.parse({"median", "-", "-", "--offset", "-3", "--size=-1", "--csv", "-"});
    CHECK(tool.options.input.path == "-");
    CHECK(tool.options.output.path == "-");
    CHECK(tool.options.offset == -3);
    CHECK(tool.options.sizes == std::vector<Index>{-1});
    CHECK(tool.options.table == "-");
}

TEST_CASE("parser: after -- everything is an argument") {
    Declared tool;
    tool.parse({"median", "--fast", "--", "--sigma", "-3"});
    CHECK(tool.options.fast);
    CHECK(tool.options.input.path == "--sigma");
    CHECK(tool.options.output.path == "-3");
}

TEST_CASE("parser: brackets, spaces and equals signs in values stay") {
    Declared tool;
    tool.parse({"median", "[a]", "b c[t=0:10,y=3]", "--select", "t=0:10", "--csv=x=y"});
    CHECK(tool.options.input.path == "[a]");
    CHECK(tool.options.output.path == "b c[t=0:10,y=3]");
    CHECK(tool.options.input.select == "t=0:10");
    CHECK(tool.options.table == "x=y");
}

TEST_CASE("parser: a list may be given in several options and replaces the default") {
    Declared tool;
    tool.parse({"median", "a", "b", "--size", "1", "--size", "2,3"});
    CHECK(tool.options.sizes == std::vector<Index>{1, 2, 3});
}

TEST_CASE("parser: a toggle has a negation") {
    Declared tool;
    tool.parse({"median", "a", "b", "--no-natural"});
    CHECK_FALSE(tool.options.natural);
    CHECK(Declared().error({"median", "a", "b", "--natural", "--no-natural"}) == "--natural is given 2 times");
}

TEST_CASE("parser: all that is wrong is reported together") {
    const std::string message =
        Declared().error({"medain", "a", "--offset", "x", "--size", "1,,2", "--mode", "wrop", "--fast=3", "--chunks",
                          "t=0", "--dtype", "unit8", "--axes", "yy", "--seed", "-1", "--missing", "no"});
    INFO(message);
    const auto has = [&](const char* text) { return message.find(text) != std::string::npos; };
    CHECK(has("KIND: unknown value 'medain', did you mean 'median'?; expected one of median, gaussian"));
    CHECK(has("OUTPUT is missing"));
    CHECK(has("--offset: 'x' is not a number"));
    CHECK(has("--size: '1,,2' has an empty entry"));
    CHECK(has("--mode: unknown value 'wrop', did you mean 'wrap'?"));
    CHECK(has("--fast takes no value, found '3'"));
    CHECK(has("--chunks"));
    CHECK(has("--dtype: "));
    CHECK(has("--axes: "));
    CHECK(has("--seed: '-1' is not an integer of at least 0"));
}

TEST_CASE("parser: unknown options are named beside bad values, and cast doubt on the arguments") {
    CHECK(Declared().error({"--sgma", "3", "--offset", "x", "--zzzzzz", "a", "-x"}) ==
          "unknown option --sgma, did you mean --sigma?\nunknown option --zzzzzz\n"
          "unknown option -x (an argument that begins with - goes after --)\n--offset: 'x' is not a number");
}

TEST_CASE("parser: missing and surplus arguments are named") {
    CHECK(Declared().error({"median"}) == "INPUT is missing\nOUTPUT is missing");
    CHECK(Declared().error({"median", "a", "b", "c", "d"}) == "unexpected argument 'c'\nunexpected argument 'd'");
}

TEST_CASE("parser: an option without its value is named") {
    CHECK(Declared().error({"median", "a", "b", "--sigma"}) == "--sigma needs a value");
    CHECK(Declared().error({"median", "a", "b", "-j"}) == "--threads needs a value");
    CHECK(Declared().error({"median", "a", "b", "--sigma="}) == "--sigma needs a value");
    CHECK(Declared().error({"median", "a", "b", "--sigma", "--size", "3"}) ==
          "--sigma needs a value, found the option --size");
}

TEST_CASE("parser: an option given twice is an error") {
    CHECK(Declared().error({"median", "a", "b", "--sigma", "1", "--sigma", "2"}) == "--sigma is given 2 times");
}

TEST_CASE("parser: rules run when every value is good, and all of them") {
    CHECK(Declared().error({"median", "a", "b", "--sigma", "-1", "--offset", "-1"}) ==
          "--sigma must be at least 0\n--offset and --sigma are both negative");
    CHECK(Declared().error({"median", "a", "b", "--sigma", "-1", "--offset", "x"}) == "--offset: 'x' is not a number");
}

TEST_CASE("parser: numbers must be whole texts and finite") {
    for (const char* text : {"1.5x", "", "nan", "inf", "1e999", "0x10", " 1", "1,5"})
        CHECK(Declared().error({"median", "a", "b", "--sigma", text}).starts_with("--sigma"));
    CHECK(Declared().error({"median", "a", "b", "--size", "1.5"}) == "--size: '1.5' is not an integer");
    CHECK(Declared().error({"median", "a", "b", "--size", "9223372036854775808"}) ==
          "--size: '9223372036854775808' is too large for an integer");
}

TEST_CASE("parser: asking for help wins over errors") {
    CHECK(Declared().parse({"--bad", "--help"}) == cli::Request::help);
    CHECK(Declared().parse({"-h", "x", "y", "z", "--sigma"}) == cli::Request::help);
    CHECK(Declared().parse({"--version"}) == cli::Request::version);
    CHECK(Declared().parse({"--help-man"}) == cli::Request::man_page);
    CHECK(Declared().parse({"--help-completion"}) == cli::Request::completion);
    CHECK(Declared().error({"--", "--help"}) != "");
}

TEST_CASE("parser: history is what was typed without execution options and OUTPUT") {
    Declared tool;
    tool.parse({"gaussian", "-j4", "a.zarr", "--sigma=3", "b.zarr", "--memory", "2G", "--no-natural", "--fast"});
    CHECK(tool.options.execution.tool == "blur");
    CHECK(tool.options.execution.arguments == Words{"gaussian", "a.zarr", "--sigma", "3", "--no-natural", "--fast"});
}

TEST_CASE("parser: a list argument leaves the last ones to those behind it") {
    Words inputs;
    std::string output;
    cli::Parser parser("ingest");
    parser.positional_list(inputs, "INPUT", "files");
    parser.positional(output, "OUTPUT", "store");
    const char* words[] = {"levin-ingest", "a", "b", "c,d", "out"};
    parser.parse(5, words);
    CHECK(inputs == Words{"a", "b", "c,d"});
    CHECK(output == "out");
}

TEST_CASE("parser: an optional argument may be left out") {
    std::string first, second = "default";
    cli::Parser parser("info");
    parser.positional(first, "INPUT", "store");
    parser.positional(second, "TABLE", "table").optional();
    const char* words[] = {"levin-info", "a"};
    parser.parse(2, words);
    CHECK(first == "a");
    CHECK(second == "default");
}

TEST_CASE("parser: a removed option is unknown") {
    Declared tool;
    tool.parser.remove("--dtype");
    CHECK(tool.error({"median", "a", "b", "--dtype", "int8"}).starts_with("unknown option --dtype"));
    CHECK_THROWS_AS(tool.parser.remove("--dtype"), std::logic_error);
}

TEST_CASE("suggest: swapped, missing, added and wrong letters are one edit") {
    CHECK(cli::edit_distance("filter", "filter") == 0);
    CHECK(cli::edit_distance("fitler", "filter") == 1);
    CHECK(cli::edit_distance("filtr", "filter") == 1);
    CHECK(cli::edit_distance("filtter", "filter") == 1);
    CHECK(cli::edit_distance("", "abc") == 3);
    CHECK(cli::closest("filtr", {"fft", "filter", "info"}) == "filter");
    CHECK(cli::closest("proj", {"export", "project"}) == "project");
    CHECK(cli::closest("xyz", {"fft", "filter", "info"}).empty());
}
