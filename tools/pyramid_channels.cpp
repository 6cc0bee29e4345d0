// Channels as viewers show them: those that the user names, or INPUT's.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "pyramid_image.hpp"

namespace levin::tool {
namespace {

using store::Json;

[[noreturn]] void refuse(const std::string& channel, const std::string& why) {
    throw UsageError(fmt::format("--channels {}: {}; expected NAME[:RRGGBB[:LOW:HIGH]]", channel, why));
}

std::vector<std::string> pieces_of(const std::string& channel) {
    std::vector<std::string> pieces(1);
    for (const char c : channel)
        if (c == ':') pieces.emplace_back();
        else pieces.back() += c;
    if (pieces.size() == 3 || pieces.size() > 4) refuse(channel, "a colon too few or too many");
    return pieces;
}

std::string color_of(const std::string& channel, const std::string& text) {
    const auto is_digit = [](char c) {
        return std::string_view("0123456789abcdefABCDEF").find(c) != std::string_view::npos;
    };
    if (text.size() != 6 || !std::all_of(text.begin(), text.end(), is_digit))
        refuse(channel, fmt::format("'{}' is no colour in six hexadecimal digits", text));
    return text;
}

/// The values that there can be, and those that are shown as black and in full colour; null where the type bounds none.
Json window_of(const std::string& channel, const std::vector<std::string>& pieces, DType dtype) {
    Json window = visit_dtype(dtype, []<class T>() -> Json {
        if constexpr (!std::is_integral_v<T>) return {};
        else if constexpr (std::is_same_v<T, bool>) return {{"min", 0}, {"max", 1}};
        else return {{"min", std::numeric_limits<T>::min()}, {"max", std::numeric_limits<T>::max()}};
    });
    if (!window.is_null()) window["start"] = window["min"], window["end"] = window["max"];
    if (pieces.size() < 4) return window;
    const Quantity low = parse_quantity(pieces[2]), high = parse_quantity(pieces[3]);
    if (!low.unit.empty() || !high.unit.empty() || !(low.value < high.value))
        refuse(channel, fmt::format("'{}' and '{}' are no numbers of which the first is less", pieces[2], pieces[3]));
    if (window.is_null()) window = {{"min", low.value}, {"max", high.value}};
    window["start"] = low.value, window["end"] = high.value;
    return window;
}

std::size_t channels_in(const ArrayInfo& info) {
    const auto axis = find_axis(info.axes, "c");
    return static_cast<std::size_t>(axis ? info.shape[*axis] : 1);
}

}  // namespace

Json named_channels(const Job& job) {
    static const char* const colors[] = {"00FF00", "FF0000", "0000FF", "FF00FF", "00FFFF", "FFFF00"};
    const std::vector<std::string>& names = job.options.channels;
    const ArrayInfo& info = job.input->info();
    if (names.size() != channels_in(info))
        throw UsageError(fmt::format("--channels names {}, the result has {}", names.size(), channels_in(info)));
    Json channels = Json::array();
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::vector<std::string> pieces = pieces_of(names[i]);
        Json channel{{"label", pieces[0]}, {"active", true}};
        if (pieces.size() > 1) channel["color"] = color_of(names[i], pieces[1]);
        else channel["color"] = names.size() == 1 ? "FFFFFF" : colors[i % std::size(colors)];
        if (Json window = window_of(names[i], pieces, info.dtype); !window.is_null()) channel["window"] = window;
        else if (job.image.version == "0.4")
            refuse(names[i],
                   fmt::format("{} has no range of its own, and OME-Zarr 0.4 wants one", name_of(info.dtype)));
        channels.push_back(channel);
    }
    return {{"channels", channels}};
}

Json carried_channels(const Job& job, const store::Image& image) {
    if (image.omero.is_null()) return {};
    const std::size_t told = store::channels_of(image.omero).size(), there = channels_in(job.input->info());
    if (told == there) return image.omero;
    job.execution.progress().note(fmt::format("the names of the {} channels of {} are left out: the result has {}",
                                              told, job.options.input.path, there));
    return {};
}

}  // namespace levin::tool
