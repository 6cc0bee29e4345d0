#include "levin/engine/part.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "levin/core/error.hpp"

namespace levin::engine {
namespace {

std::optional<Index> integer(std::string_view text) {
    Index value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// A variable of the environment; none when it is not set, empty, or "undefined", as Grid Engine says outside an array.
std::optional<Index> variable(const char* name) {
    const char* text = std::getenv(name);
    if (!text || !*text || std::string_view(text) == "undefined") return std::nullopt;
    const auto value = integer(text);
    if (!value) throw UsageError(fmt::format("--part auto: {}={} is no number", name, text));
    return value;
}

Part checked(const Part& part, const std::string& from) {
    constexpr Index most = 1'000'000;  // every part works out the boxes of all
    if (part.count > most)
        throw UsageError(fmt::format("{}: {} parts; at most {} are possible", from, part.count, most));
    if (part.count < 1 || part.number < 1 || part.number > part.count)
        throw UsageError(
            fmt::format("{}: part {} of {}; parts are numbered from 1 to their count", from, part.number, part.count));
    return part;
}

/// The names under which a scheduler tells a task of an array about the array.
struct Array {
    const char *task, *first, *last, *step, *count;
};
constexpr Array arrays[] = {
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP",
     "SLURM_ARRAY_TASK_COUNT"},
    {"SGE_TASK_ID", "SGE_TASK_FIRST", "SGE_TASK_LAST", "SGE_TASK_STEPSIZE", nullptr},
    {"PBS_ARRAY_INDEX", nullptr, nullptr, nullptr, nullptr},
    {"PARALLEL_SEQ", nullptr, nullptr, nullptr, nullptr},
};

Part from_environment() {
    const auto parts = variable("LEVIN_PARTS");
    if (const auto part = variable("LEVIN_PART")) {
        if (!parts) throw UsageError("--part auto: LEVIN_PART is set and LEVIN_PARTS, the number of parts, is not");
        return checked({*part, *parts}, "--part auto: LEVIN_PART and LEVIN_PARTS");
    }
    for (const Array& array : arrays) {
        const auto task = variable(array.task);
        if (!task) continue;
        if (parts) return checked({*task, *parts}, fmt::format("--part auto: {} and LEVIN_PARTS", array.task));
        if (!array.first)
            throw UsageError(
                fmt::format("--part auto: {} does not say how many parts there are; set LEVIN_PARTS", array.task));
        const auto first = variable(array.first), last = variable(array.last);
        if (!first || !last)
            throw UsageError(
                fmt::format("--part auto: {} is set, {} or {} is not", array.task, array.first, array.last));
        const Index step = std::max<Index>(1, variable(array.step).value_or(1));
        const Index count = (*last - *first) / step + 1;
        if (array.count && variable(array.count).value_or(count) != count)
            throw UsageError(fmt::format(
                "--part auto: the tasks are a list, not a range, so {} does not say how many parts there are; set "
                "LEVIN_PARTS",
                array.task));
        return checked({(*task - *first) / step + 1, count}, fmt::format("--part auto: {}", array.task));
    }
    throw UsageError(
        "--part auto: this is no task of an array job: neither LEVIN_PART, SLURM_ARRAY_TASK_ID, SGE_TASK_ID, "
        "PBS_ARRAY_INDEX nor PARALLEL_SEQ is set; say --part I/N");
}

class Cutter {
  public:
    Cutter(const std::function<double(const Region&)>& cost, std::vector<Region>& boxes) : cost_(cost), boxes_(boxes) {}

    void cut(const Region& box, Index parts) {
        if (parts == 1) return boxes_.push_back(box);
        const auto [first, second] = halves(box, parts);
        cut(first, parts / 2);
        cut(second, parts - parts / 2);
    }

  private:
    std::pair<Region, Region> halves(const Region& box, Index parts) const {
        std::optional<std::pair<Region, Region>> best;
        double least = 0;
        for (std::size_t i = 0; i < box.rank(); ++i) {
            const Index length = box.shape[i];
            if (length < 2) continue;
            const Index share = (length * (parts / 2) + parts / 2) / parts;
            const auto cut = cut_at(box, i, std::clamp<Index>(share, 1, length - 1));
            const double cost = cost_(cut.first) + cost_(cut.second);
            if (!best || cost < least) best = cut, least = cost;
        }
        if (best) return *best;
        // One unit, or none: the last part of the two gets it.
        Region nothing = box;
        if (nothing.shape.empty()) nothing.shape = {0}, nothing.origin = {0};
        nothing.shape[0] = 0;
        return {nothing, box};
    }
    static std::pair<Region, Region> cut_at(const Region& box, std::size_t axis, Index length) {
        std::pair<Region, Region> two{box, box};
        two.first.shape[axis] = length;
        two.second.origin[axis] += length;
        two.second.shape[axis] -= length;
        return two;
    }

    const std::function<double(const Region&)>& cost_;
    std::vector<Region>& boxes_;
};

}  // namespace

Part parse_part(const std::string& text) {
    if (text == "auto") return from_environment();
    const std::size_t slash = text.find('/');
    const auto number = integer(std::string_view(text).substr(0, slash));
    const auto count = slash == text.npos ? std::nullopt : integer(std::string_view(text).substr(slash + 1));
    if (!number || !count)
        throw UsageError(fmt::format("--part {}: expected I/N, e.g. 3/8 for the third of eight parts, or auto", text));
    return checked({*number, *count}, fmt::format("--part {}", text));
}

std::vector<Region> cut_into_parts(const Dims& counts, Index parts,
                                   const std::function<double(const Region& units)>& cost) {
    std::vector<Region> boxes;
    boxes.reserve(static_cast<std::size_t>(parts));
    Cutter(cost, boxes).cut(Region::whole(counts), parts);
    return boxes;
}

}  // namespace levin::engine
