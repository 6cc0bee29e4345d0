#include "levin/engine/history.hpp"

#include <nlohmann/json.hpp>

#include "levin/core/version.hpp"

namespace levin::engine {

using Json = nlohmann::ordered_json;

std::string attributes_with_history(const std::string& input_attributes, const ExecutionOptions& options,
                                    const std::string& own) {
    Json attributes = Json::parse(input_attributes);
    for (const char* key : {"ome", "multiscales", "omero", "image-label", "_ARRAY_DIMENSIONS", "dimension_units"})
        attributes.erase(key);
    Json& levin = attributes["levin"];
    if (!levin.is_object()) levin = Json::object();
    Json& history = levin["history"];
    if (!history.is_array()) history = Json::array();
    history.push_back({{"tool", options.tool}, {"version", version()}, {"arguments", options.arguments}});
    attributes.update(Json::parse(own));
    return attributes.dump();
}

std::vector<Step> history_of(const std::string& attributes) {
    const Json parsed = Json::parse(attributes);
    std::vector<Step> steps;
    const auto levin = parsed.find("levin");
    if (levin == parsed.end() || !levin->is_object() || !levin->contains("history") || !(*levin)["history"].is_array())
        return steps;
    for (const Json& entry : (*levin)["history"]) {
        Step step;
        if (!entry.is_object()) continue;
        step.tool = entry.value("tool", "");
        step.version = entry.value("version", "");
        if (const auto list = entry.find("arguments"); list != entry.end() && list->is_array())
            for (const Json& argument : *list)
                if (argument.is_string()) step.arguments.push_back(argument.get<std::string>());
        steps.push_back(std::move(step));
    }
    return steps;
}

}  // namespace levin::engine
