#include "levin/store/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "levin/core/error.hpp"
#include "levin/store/file.hpp"
#include "levin/store/json.hpp"
#include "levin/store/pending.hpp"
#include "levin/store/writer.hpp"

namespace levin::store {
namespace {

std::string key_of_parts() { return fmt::format("{}/parts.json", pending_folder); }
std::string file_of(const std::string& store) { return fmt::format("{}/{}", store, key_of_parts()); }

std::string text_of(const std::vector<Region>& parts) {
    Json boxes = Json::array();
    for (const Region& part : parts) boxes.push_back({{"origin", part.origin}, {"shape", part.shape}});
    return Json{{"parts", boxes}}.dump();
}

}  // namespace

void write_parts(const Folder& store, const std::vector<Region>& parts, bool fsync) {
    const std::string text = text_of(parts);
    const auto there = read_text(file_of(store.path()), std::numeric_limits<std::uint64_t>::max());
    if (!there) return write_file(store, key_of_parts(), text, fsync);
    if (*there == text) return;
    const std::size_t count = read_parts(store.path()).size();
    throw Error(
        fmt::format("{} is being made in {} parts, this one is of {}{}; use the same parts, or --resume without --part "
                    "to finish it "
                    "alone",
                    store.path(), count, parts.size(), count == parts.size() ? ", cut differently" : ""));
}

std::vector<Region> read_parts(const std::string& store) {
    const auto text = read_text(file_of(store), std::numeric_limits<std::uint64_t>::max());
    if (!text) return {};
    return with_context([&] { return file_of(store); },
                        [&] {
                            std::vector<Region> parts;
                            try {
                                const Json document = parse_json(*text);
                                for (const Json& box : document.at("parts"))
                                    parts.push_back({box.at("origin").get<Dims>(), box.at("shape").get<Dims>()});
                            } catch (const Json::exception& error) {
                                throw Error(fmt::format("not a list of parts: {}", error.what()));
                            }
                            return parts;
                        });
}

std::vector<Index> missing_parts(const std::vector<Region>& parts, const Grid& units, const std::vector<bool>& done) {
    std::vector<Index> missing;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].empty()) continue;
        if (parts[i].rank() != units.counts().size() || !Region::whole(units.counts()).contains(parts[i]))
            throw Error(fmt::format("part {} is no box of the store's {} chunks", i + 1, units.size()));
        bool whole = true;
        for_each_index(parts[i], [&](const Dims& at) { whole &= done[static_cast<std::size_t>(units.number(at))]; });
        if (!whole) missing.push_back(static_cast<Index>(i) + 1);
    }
    return missing;
}

std::string ranges(const std::vector<Index>& numbers) {
    std::string text;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t end = i + 1;
        while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
        text += fmt::format("{}{}", text.empty() ? "" : ",", numbers[i]);
        if (end > i + 1) text += fmt::format("-{}", numbers[end - 1]);
        i = end;
    }
    return text;
}

}  // namespace levin::store
