/// Names and types of statistics.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "levin/core/error.hpp"
#include "levin/kernels/statistics.hpp"

namespace levin::kernels {
namespace {

constexpr std::array<std::string_view, 13> names{"max",        "min",   "sum",    "mean",   "std",   "var", "median",
                                                 "percentile", "range", "argmax", "argmin", "count", "snr"};

std::string_view name_of(StatisticKind kind) { return names[static_cast<std::size_t>(kind)]; }

DType unsigned_of(DType integer) {
    switch (integer) {
        case DType::int8:
            return DType::uint8;
        case DType::int16:
            return DType::uint16;
        case DType::int32:
            return DType::uint32;
        case DType::int64:
            return DType::uint64;
        default:
            return integer;
    }
}

}  // namespace

Statistic parse_statistic(std::string_view text) {
    const std::size_t colon = text.find(':');
    const auto found = std::find(names.begin(), names.end(), text.substr(0, colon));
    if (found == names.end())
        throw UsageError(
            fmt::format("no statistic is called '{}'; there are max min sum mean std var median percentile:Q "
                        "range argmax argmin count snr",
                        text));
    Statistic result{static_cast<StatisticKind>(found - names.begin())};
    const bool has_value = colon != std::string_view::npos;
    if (result.kind != StatisticKind::percentile) {
        if (has_value) throw UsageError(fmt::format("statistic '{}': {} takes no value", text, *found));
        return result;
    }
    const char* end = text.data() + text.size();
    const auto parsed = has_value ? std::from_chars(text.data() + colon + 1, end, result.q) : std::from_chars_result{};
    if (!has_value || parsed.ec != std::errc{} || parsed.ptr != end || !(result.q >= 0 && result.q <= 100))
        throw UsageError(fmt::format("statistic '{}': expected percentile:Q with Q from 0 to 100", text));
    return result;
}

std::vector<Statistic> parse_statistics(std::string_view text) {
    std::vector<Statistic> result;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const Statistic next = parse_statistic(text.substr(begin, end - begin));
        if (std::find(result.begin(), result.end(), next) != result.end())
            throw UsageError(fmt::format("statistic '{}' is asked for twice", to_string(next)));
        result.push_back(next);
        begin = end + 1;
    }
    return result;
}

std::string to_string(const Statistic& statistic) {
    if (statistic.kind == StatisticKind::percentile) return fmt::format("percentile:{}", statistic.q);
    return std::string(name_of(statistic.kind));
}

bool is_selection(const Statistic& statistic) {
    return statistic.kind == StatisticKind::median || statistic.kind == StatisticKind::percentile;
}

DType output_dtype(const Statistic& statistic, DType in) {
    if (is_complex(in))
        throw UsageError(
            fmt::format("{} of {} is not defined: statistics need real numbers", to_string(statistic), name_of(in)));
    switch (statistic.kind) {
        case StatisticKind::max:
        case StatisticKind::min:
            return in;
        case StatisticKind::range:
            if (in == DType::boolean) return DType::uint8;
            return is_integer(in) ? unsigned_of(in) : compute_dtype(in);
        case StatisticKind::sum:
            return DType::float64;
        case StatisticKind::argmax:
        case StatisticKind::argmin:
        case StatisticKind::count:
            return DType::int32;
        default:
            return compute_dtype(in);
    }
}

}  // namespace levin::kernels
