#include "levin/engine/part.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "catch.hpp"
#include "levin/core/error.hpp"

using namespace levin;
using engine::Part;

namespace {

/// The environment of an array job, for as long as it lives.
class Environment {
  public:
    explicit Environment(std::map<std::string, std::string> variables) : variables_(std::move(variables)) {
        for (const auto& [name, value] : variables_) setenv(name.c_str(), value.c_str(), 1);
    }
    ~Environment() {
        for (const auto& [name, value] : variables_) unsetenv(name.c_str());
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

  private:
    std::map<std::string, std::string> variables_;
};

std::string parsed(const std::string& text, std::map<std::string, std::string> variables = {}) {
    const Environment environment(std::move(variables));
    const Part part = engine::parse_part(text);
    return std::to_string(part.number) + "/" + std::to_string(part.count);
}

template <class Work>
void check_error(Work work, const std::string& names) {
    try {
        work();
        FAIL("no error that names " << names);
    } catch (const UsageError& error) {
        INFO(error.what());
        CHECK(std::string(error.what()).find(names) != std::string::npos);
    }
}

}  // namespace

TEST_CASE("part: I/N, and what array jobs say of themselves") {
    CHECK(parsed("3/8") == "3/8");
    CHECK(parsed("auto", {{"LEVIN_PART", "2"}, {"LEVIN_PARTS", "5"}}) == "2/5");
    CHECK(parsed("auto", {{"SLURM_ARRAY_TASK_ID", "7"},
                          {"SLURM_ARRAY_TASK_MIN", "3"},
                          {"SLURM_ARRAY_TASK_MAX", "11"},
                          {"SLURM_ARRAY_TASK_STEP", "2"},
                          {"SLURM_ARRAY_TASK_COUNT", "5"}}) == "3/5");
    CHECK(parsed("auto", {{"SGE_TASK_ID", "4"}, {"SGE_TASK_FIRST", "1"}, {"SGE_TASK_LAST", "8"}}) == "4/8");
    CHECK(parsed("auto", {{"SGE_TASK_ID", "undefined"}, {"PARALLEL_SEQ", "2"}, {"LEVIN_PARTS", "9"}}) == "2/9");
    CHECK(parsed("auto", {{"PBS_ARRAY_INDEX", "6"}, {"LEVIN_PARTS", "6"}}) == "6/6");
    // A list of tasks that is submitted again: the count is that of the first time.
    const std::map<std::string, std::string> again{{"SLURM_ARRAY_TASK_ID", "7"},
                                                   {"SLURM_ARRAY_TASK_MIN", "3"},
                                                   {"SLURM_ARRAY_TASK_MAX", "7"},
                                                   {"SLURM_ARRAY_TASK_COUNT", "2"}};
    auto with_count = again;
    with_count["LEVIN_PARTS"] = "8";
    CHECK(parsed("auto", with_count) == "7/8");
    check_error([&] { parsed("auto", again); }, "LEVIN_PARTS");
}

TEST_CASE("part: what cannot be is refused with what was found") {
    for (const char* text : {"", "3", "0/4", "5/4", "1/0", "a/b", "1/2/3", "-1/4", "1/99999999"})
        check_error([&] { engine::parse_part(text); }, "--part");
    check_error([] { parsed("auto"); }, "SLURM_ARRAY_TASK_ID");
    check_error([] { parsed("auto", {{"PBS_ARRAY_INDEX", "6"}}); }, "LEVIN_PARTS");
    check_error([] { parsed("auto", {{"LEVIN_PART", "6"}}); }, "LEVIN_PARTS");
    check_error([] { parsed("auto", {{"LEVIN_PART", "six"}, {"LEVIN_PARTS", "6"}}); }, "LEVIN_PART=six");
    check_error([] { parsed("auto", {{"SLURM_ARRAY_TASK_ID", "0"}, {"LEVIN_PARTS", "6"}}); }, "part 0 of 6");
}

TEST_CASE("part: the boxes are disjoint, cover every unit, and are of much the same size") {
    const auto by_surface = [](const Region& units) { return static_cast<double>(product(units.shape)); };
    for (const Dims& counts : {Dims{50}, Dims{3, 5, 7}, Dims{1, 1, 1}, Dims{2, 0, 3}, Dims{}, Dims{4, 4}})
        for (const Index parts : {1, 2, 3, 8, 200}) {
            const auto boxes = engine::cut_into_parts(counts, parts, by_surface);
            REQUIRE(static_cast<Index>(boxes.size()) == parts);
            const Grid units(counts, Dims(counts.size(), 1));
            std::vector<int> owners(static_cast<std::size_t>(product(counts)));
            for (const Region& box : boxes) {
                if (box.empty()) continue;
                CHECK(box.count() <= 2 * ceil_div(product(counts), parts));
                for_each_index(box, [&](const Dims& at) { ++owners[static_cast<std::size_t>(units.number(at))]; });
            }
            CHECK(std::all_of(owners.begin(), owners.end(), [](int n) { return n == 1; }));
        }
}

TEST_CASE("part: cuts go where the parts read least in common") {
    // Units of one pixel column each, an input in chunks of whole rows: to cut across x would read every row twice.
    const auto rows_touched = [](const Region& units) { return static_cast<double>(units.shape[0] * 100); };
    for (const Region& box : engine::cut_into_parts({8, 8}, 4, rows_touched)) {
        CHECK(box.shape == Dims{2, 8});
    }
    const auto columns_touched = [](const Region& units) { return static_cast<double>(units.shape[1] * 100); };
    for (const Region& box : engine::cut_into_parts({8, 8}, 4, columns_touched)) {
        CHECK(box.shape == Dims{8, 2});
    }
}
