#include "levin/remote/credentials.hpp"

#include <fstream>
#include <map>

#include "catch.hpp"
#include "levin/core/error.hpp"
#include "levin/remote/swift_session.hpp"
#include "temp_dir.hpp"

using namespace levin::remote;
using levin::Error;

namespace {

using Variables = std::map<std::string, std::string>;

Environment of(const Variables& variables) {
    return [variables](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::string() : found->second;
    };
}

std::string refusal(const Variables& variables) {
    try {
        aws_settings(of(variables));
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

constexpr const char* credentials = R"(
# a comment
[default]
aws_access_key_id = ID1
aws_secret_access_key=SECRET=1
[other]
aws_access_key_id = ID2
aws_secret_access_key = SECRET2
aws_session_token = TOKEN2
)";
constexpr const char* config = R"(
[default]
region = eu-west-1
s3 =
  addressing_style = path
[profile other]
endpoint_url = https://objects.example.org/
[profile role]
role_arn = arn:aws:iam::1:role/x
)";

struct Home {
    levin::test::TempDir folder;
    Home() {
        std::ofstream(folder / "credentials") << credentials;
        std::ofstream(folder / "config") << config;
    }
    Variables with(Variables more) const {
        more["AWS_SHARED_CREDENTIALS_FILE"] = folder / "credentials";
        more["AWS_CONFIG_FILE"] = folder / "config";
        return more;
    }
};

}  // namespace

TEST_CASE("keys come from the environment before the files", "[credentials]") {
    const Home home;
    const AwsSettings profile = aws_settings(of(home.with({})));
    CHECK(profile.keys->id == "ID1");
    CHECK(profile.keys->secret == "SECRET=1");
    CHECK(profile.region == "eu-west-1");
    CHECK(profile.endpoint == "");
    const AwsSettings said =
        aws_settings(of(home.with({{"AWS_ACCESS_KEY_ID", "ID"}, {"AWS_SECRET_ACCESS_KEY", "S"}, {"AWS_REGION", "r"}})));
    CHECK(said.keys->id == "ID");
    CHECK(said.keys->token == "");
    CHECK(said.region == "r");
}

TEST_CASE("a profile is chosen by AWS_PROFILE", "[credentials]") {
    const Home home;
    const AwsSettings other = aws_settings(of(home.with({{"AWS_PROFILE", "other"}, {"AWS_DEFAULT_REGION", "d"}})));
    CHECK(other.keys->token == "TOKEN2");
    CHECK(other.endpoint == "https://objects.example.org/");
    CHECK(other.region == "d");
    CHECK(refusal(home.with({{"AWS_PROFILE", "none"}})).find("no such profile") != std::string::npos);
    CHECK(refusal(home.with({{"AWS_PROFILE", "role"}})).find("role_arn") != std::string::npos);
}

TEST_CASE("no keys are an error unless that is said", "[credentials]") {
    CHECK(refusal({}).find("AWS_NO_SIGN_REQUEST") != std::string::npos);
    CHECK(!aws_settings(of({{"AWS_NO_SIGN_REQUEST", "yes"}})).keys);
    CHECK(aws_settings(of({{"AWS_NO_SIGN_REQUEST", "true"}})).region == "us-east-1");
    const std::string half = refusal({{"AWS_SECRET_ACCESS_KEY", "hunter2"}});
    CHECK(half.find("AWS_ACCESS_KEY_ID is not") != std::string::npos);
    CHECK(half.find("hunter2") == std::string::npos);
}

TEST_CASE("a damaged file is named by line, without its content", "[credentials]") {
    try {
        parse_profiles("[default]\nhunter2\n");
        FAIL("accepted");
    } catch (const Error& error) {
        CHECK(std::string(error.what()).find("line 2") == 0);
        CHECK(std::string(error.what()).find("hunter2") == std::string::npos);
    }
    CHECK_THROWS_AS(parse_profiles("a = b"), Error);
}

TEST_CASE("what Swift needs and is not set is named", "[credentials]") {
    const auto said = [](const Variables& variables) {
        try {
            open_swift_session(of(variables));
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK(said({}).find("ST_AUTH, ST_USER and ST_KEY") != std::string::npos);
    CHECK(said({{"ST_AUTH", "http://127.0.0.1:1/auth"}}).find("ST_USER is not set") != std::string::npos);
    CHECK(said({{"OS_AUTH_URL", "http://127.0.0.1:1/v2.0"}}).find("version 2") != std::string::npos);
    CHECK(said({{"OS_AUTH_URL", "http://127.0.0.1:1/v3"}}).find("OS_USERNAME is not set") != std::string::npos);
    CHECK(said({{"OS_AUTH_URL", "http://u:hunter2@127.0.0.1:1/v3"}}).find("hunter2") == std::string::npos);
    CHECK(said({{"OS_AUTH_URL", "http://127.0.0.1:1/"}, {"OS_AUTH_TYPE", "v3totp"}}).find("v3totp") !=
          std::string::npos);
    const SwiftSession given = open_swift_session(of({{"OS_STORAGE_URL", "https://s/v1/A"}, {"OS_AUTH_TOKEN", "t"}}));
    CHECK(given.storage_url == "https://s/v1/A");
}
