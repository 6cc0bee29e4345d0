#include "levin/remote/credentials.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "levin/core/error.hpp"

namespace levin::remote {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

/// A file that need not exist.
Profiles read_profiles(const std::string& path) {
    constexpr std::streamsize longest = 1 << 20;
    std::ifstream file(path, std::ios::binary);
    if (!file) return {};
    std::string text(static_cast<std::size_t>(longest) + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.gcount() > longest)
        throw Error(fmt::format("{}: more than {} bytes are no list of profiles", path, longest));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return with_context([&] { return path; }, [&] { return parse_profiles(text); });
}

/// What the two files say of one profile; `credentials` comes first.
struct Profile {
    std::string name;
    std::map<std::string, std::string> entries;
    bool found = false;

    std::string operator[](const char* key) const {
        const auto entry = entries.find(key);
        return entry == entries.end() ? "" : entry->second;
    }
};

Profile read_profile(const Environment& environment) {
    const std::string home = environment("HOME");
    const auto file = [&](const char* variable, const char* usual) {
        const std::string said = environment(variable);
        return !said.empty() ? said : home.empty() ? "" : home + usual;
    };
    Profile profile;
    profile.name = environment("AWS_PROFILE");
    const bool chosen = !profile.name.empty();
    if (!chosen) profile.name = "default";
    const auto take = [&](const Profiles& profiles, const std::string& section) {
        const auto found = profiles.find(section);
        if (found == profiles.end()) return;
        profile.found = true;
        profile.entries.insert(found->second.begin(), found->second.end());
    };
    take(read_profiles(file("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials")), profile.name);
    const Profiles config = read_profiles(file("AWS_CONFIG_FILE", "/.aws/config"));
    take(config, "profile " + profile.name);
    if (profile.name == "default") take(config, profile.name);
    if (chosen && !profile.found)
        throw Error(fmt::format("AWS_PROFILE={}: there is no such profile in {} or {}", profile.name,
                                file("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials"),
                                file("AWS_CONFIG_FILE", "/.aws/config")));
    return profile;
}

std::optional<AwsKeys> keys_of(const Environment& environment, const Profile& profile) {
    std::string no_signature = environment("AWS_NO_SIGN_REQUEST");
    std::transform(no_signature.begin(), no_signature.end(), no_signature.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    if (no_signature == "YES" || no_signature == "TRUE" || no_signature == "1") return std::nullopt;
    AwsKeys keys{environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"),
                 environment("AWS_SESSION_TOKEN")};
    if (keys.id.empty() != keys.secret.empty())
        throw Error(fmt::format("{} is set and {} is not; both are needed",
                                keys.id.empty() ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID",
                                keys.id.empty() ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"));
    if (!keys.id.empty()) return keys;
    keys = {profile["aws_access_key_id"], profile["aws_secret_access_key"], profile["aws_session_token"]};
    if (!keys.id.empty() && !keys.secret.empty()) return keys;
    for (const char* other : {"role_arn", "sso_session", "sso_start_url", "credential_process", "credential_source",
                              "web_identity_token_file", "login_session"})
        if (!profile[other].empty())
            throw Error(
                fmt::format("profile {} gets its keys by {}, which levin does not do; give it keys: "
                            "eval \"$(aws configure export-credentials --format env)\"",
                            profile.name, other));
    throw Error(
        fmt::format("no credentials for s3://: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or put profile {} into "
                    "~/.aws/credentials; for a public bucket set AWS_NO_SIGN_REQUEST=YES",
                    profile.name));
}

std::string first_of(std::initializer_list<std::string> values) {
    for (const std::string& value : values)
        if (!value.empty()) return value;
    return "";
}

}  // namespace

std::string from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

Profiles parse_profiles(std::string_view text) {
    Profiles profiles;
    std::map<std::string, std::string>* section = nullptr;
    std::size_t number = 0;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == text.npos ? std::string_view() : text.substr(end + 1);
        ++number;
        const std::string_view content = trimmed(line);
        if (content.empty() || content[0] == '#' || content[0] == ';') continue;
        if (content[0] == '[' && content.back() == ']') {
            section = &profiles[std::string(trimmed(content.substr(1, content.size() - 2)))];
            continue;
        }
        if (line[0] == ' ' || line[0] == '\t') continue;  // settings of one service, below its name
        const std::size_t sign = content.find('=');
        // The line itself may be a key that was pasted wrongly.
        if (sign == content.npos || !section)
            throw Error(fmt::format("line {} is no KEY = VALUE of a [section]", number));
        (*section)[std::string(trimmed(content.substr(0, sign)))] = trimmed(content.substr(sign + 1));
    }
    return profiles;
}

AwsSettings aws_settings(const Environment& environment) {
    const Profile profile = read_profile(environment);
    AwsSettings settings;
    settings.keys = keys_of(environment, profile);
    settings.region =
        first_of({environment("AWS_REGION"), environment("AWS_DEFAULT_REGION"), profile["region"], "us-east-1"});
    settings.endpoint =
        first_of({environment("AWS_ENDPOINT_URL_S3"), environment("AWS_ENDPOINT_URL"), profile["endpoint_url"]});
    if (settings.endpoint.empty() && !profile["services"].empty())
        throw Error(fmt::format("profile {}: services = {} is not understood; say endpoint_url in the profile itself",
                                profile.name, profile["services"]));
    return settings;
}

}  // namespace levin::remote
