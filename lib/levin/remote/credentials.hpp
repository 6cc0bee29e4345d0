/// Where an S3 store is and with which keys it is asked, from the places where AWS's own programs look: environment
/// variables, then the files `credentials` and `config` (AWS SDKs and Tools Reference Guide, "Shared config and
/// credentials files").
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "levin/remote/signature.hpp"

namespace levin::remote {

/// The environment, or in a test what stands for it; "" for a variable that is not set.
using Environment = std::function<std::string(const char*)>;
std::string from_environment(const char* name);

struct AwsSettings {
    std::optional<AwsKeys> keys;  ///< empty: requests are not signed
    std::string region;
    std::string endpoint;  ///< "https://host:port", "" for Amazon's own
};

/// Keys come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, else from the profile (AWS_PROFILE,
/// or "default") in AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials, then AWS_CONFIG_FILE or ~/.aws/config. Without
/// any it is an Error that says so, unless AWS_NO_SIGN_REQUEST is YES or TRUE, as for public buckets. Error for a
/// profile that is not there, or gives its keys by means that levin does not have (role_arn, sso_session,
/// credential_process, ...).
AwsSettings aws_settings(const Environment& environment);

/// Sections and their entries; what is indented below an entry is left out. Error for a line that is neither.
using Profiles = std::map<std::string, std::map<std::string, std::string>>;
Profiles parse_profiles(std::string_view text);

}  // namespace levin::remote
