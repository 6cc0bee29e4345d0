#include "levin/remote/swift_session.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "levin/remote/client.hpp"

namespace levin::remote {
namespace {

using Json = nlohmann::json;

/// The value of a variable that must be there, for a reason.
std::string required(const Environment& environment, const char* name, const char* why) {
    std::string value = environment(name);
    if (value.empty()) throw Error(fmt::format("swift://: {} is not set, which {} needs", name, why));
    return value;
}

HttpResponse ask_for_token(const std::string& shown, const HttpRequest& request) {
    return persist(shown, [&] { return library().perform(request); });
}

[[noreturn]] void refuse(const std::string& shown, const HttpResponse& response, const char* variables) {
    throw Error(fmt::format("{}: the server answers {}{}", shown, response.status,
                            response.status == 401 || response.status == 403
                                ? fmt::format(": it does not accept what {} say", variables)
                                : ""));
}

/// "{"id": ...}" or "{"name": ..., "domain": ...}" from PREFIX_ID or PREFIX_NAME, with the domain's variables.
Json entity(const Environment& environment, const std::string& id, const std::string& name, const std::string& domain,
            const char* why) {
    if (const std::string value = environment(id.c_str()); !value.empty()) return {{"id", value}};
    Json result{{"name", required(environment, name.c_str(), why)}};
    const std::string domain_id = environment((domain + "_ID").c_str());
    const std::string domain_name = environment((domain + "_NAME").c_str());
    if (!domain_id.empty()) result["domain"] = {{"id", domain_id}};
    else if (!domain_name.empty()) result["domain"] = {{"name", domain_name}};
    else
        result["domain"] = {
            {"id", environment("OS_DEFAULT_DOMAIN").empty() ? "default" : environment("OS_DEFAULT_DOMAIN")}};
    return result;
}

Json keystone_request(const Environment& environment) {
    const std::string secret = environment("OS_APPLICATION_CREDENTIAL_SECRET");
    if (!secret.empty()) {
        Json credential{{"secret", secret}};
        if (const std::string id = environment("OS_APPLICATION_CREDENTIAL_ID"); !id.empty()) {
            credential["id"] = id;
        } else {
            credential["name"] = required(environment, "OS_APPLICATION_CREDENTIAL_NAME", "an application credential");
            credential["user"] =
                entity(environment, "OS_USER_ID", "OS_USERNAME", "OS_USER_DOMAIN", "an application credential by name");
        }
        return {{"auth",
                 {{"identity", {{"methods", {"application_credential"}}, {"application_credential", credential}}}}}};
    }
    constexpr const char* why = "OS_AUTH_URL with a password";
    Json user = entity(environment, "OS_USER_ID", "OS_USERNAME", "OS_USER_DOMAIN", why);
    user["password"] = required(environment, "OS_PASSWORD", why);
    const Json project = entity(environment, "OS_PROJECT_ID", "OS_PROJECT_NAME", "OS_PROJECT_DOMAIN", why);
    return {{"auth",
             {{"identity", {{"methods", {"password"}}, {"password", {{"user", user}}}}},
              {"scope", {{"project", project}}}}}};
}

/// The object store's URL in the catalog that comes with a token.
std::string find_storage(const Environment& environment, std::string_view answer) {
    const std::string region = environment("OS_REGION_NAME");
    std::string interface = environment("OS_INTERFACE");
    if (interface.empty()) interface = "public";
    if (interface.ends_with("URL")) interface.resize(interface.size() - 3);  // "publicURL", as version 2 had it
    const Json document = Json::parse(answer, nullptr, false);
    const Json token = document.is_object() ? document.value("token", Json::object()) : Json::object();
    const Json catalog = token.is_object() ? token.value("catalog", Json::array()) : Json::array();
    const auto text = [](const Json& object, const char* key) {
        const Json value = object.is_object() ? object.value(key, Json()) : Json();
        return value.is_string() ? value.get<std::string>() : std::string();
    };
    for (const Json& service : catalog) {
        if (text(service, "type") != "object-store" || !service["endpoints"].is_array()) continue;
        for (const Json& endpoint : service["endpoints"]) {
            const std::string place =
                text(endpoint, "region_id").empty() ? text(endpoint, "region") : text(endpoint, "region_id");
            if (text(endpoint, "interface") == interface && (region.empty() || place == region))
                return text(endpoint, "url");
        }
    }
    throw Error(
        fmt::format("OS_AUTH_URL: its catalog has no object-store with interface {}{}; set OS_REGION_NAME or "
                    "OS_STORAGE_URL",
                    interface, region.empty() ? "" : " in region " + region));
}

SwiftSession from_keystone(const Environment& environment) {
    const Endpoint endpoint = parse_endpoint(environment("OS_AUTH_URL"), "OS_AUTH_URL");
    if (endpoint.path.ends_with("/v2.0"))
        throw Error("OS_AUTH_URL: version 2 of Keystone is not supported, its path should end with /v3");
    const std::string kind = environment("OS_AUTH_TYPE");
    if (!kind.empty() && kind != "password" && kind != "v3password" && kind != "v3applicationcredential")
        throw Error(fmt::format(
            "OS_AUTH_TYPE={} is not supported; supported are v3password and v3applicationcredential", kind));
    const std::string body = keystone_request(environment).dump(-1, ' ', false, Json::error_handler_t::replace);
    HttpRequest request;
    request.method = "POST";
    request.url = endpoint.origin + endpoint.path + (endpoint.path.ends_with("/v3") ? "" : "/v3") + "/auth/tokens";
    request.headers = {"content-type: application/json"};
    request.body = bytes_of(body);
    request.limit = std::uint64_t{4} << 20;  // the catalog of a large site
    request.stop = stop();
    const HttpResponse response = ask_for_token("OS_AUTH_URL", request);
    if (!response.ok()) refuse("OS_AUTH_URL", response, "the variables OS_*");
    SwiftSession session{environment("OS_STORAGE_URL"), response.header("x-subject-token")};
    if (session.token.empty()) throw Error("OS_AUTH_URL: the answer has no X-Subject-Token");
    if (session.storage_url.empty()) session.storage_url = find_storage(environment, response.text());
    return session;
}

SwiftSession from_version_1(const Environment& environment) {
    const Endpoint endpoint = parse_endpoint(environment("ST_AUTH"), "ST_AUTH");
    HttpRequest request;
    request.url = endpoint.origin + endpoint.path;
    request.headers = {"X-Auth-User: " + required(environment, "ST_USER", "ST_AUTH"),
                       "X-Auth-Key: " + required(environment, "ST_KEY", "ST_AUTH")};
    request.limit = std::uint64_t{1} << 20;
    request.stop = stop();
    const HttpResponse response = ask_for_token("ST_AUTH", request);
    if (!response.ok()) refuse("ST_AUTH", response, "ST_USER and ST_KEY");
    SwiftSession session{response.header("x-storage-url"), response.header("x-auth-token")};
    if (session.token.empty() || session.storage_url.empty())
        throw Error("ST_AUTH: the answer has no X-Auth-Token or no X-Storage-Url");
    return session;
}

}  // namespace

bool renews(const Environment& environment) {
    return !environment("OS_AUTH_URL").empty() || !environment("ST_AUTH").empty();
}

SwiftSession open_swift_session(const Environment& environment) {
    const std::string token = environment("OS_AUTH_TOKEN"), storage = environment("OS_STORAGE_URL");
    if (!token.empty() && !storage.empty()) return {storage, token};
    if (!environment("OS_AUTH_URL").empty()) return from_keystone(environment);
    if (!environment("ST_AUTH").empty()) return from_version_1(environment);
    throw Error(
        "no credentials for swift://: set OS_STORAGE_URL and OS_AUTH_TOKEN, or OS_AUTH_URL with OS_USERNAME, "
        "OS_PASSWORD "
        "and OS_PROJECT_NAME or with an application credential, or ST_AUTH, ST_USER and ST_KEY; see levin-remote(7)");
}

}  // namespace levin::remote
