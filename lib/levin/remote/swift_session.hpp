/// Tokens for OpenStack Swift, and where the account is.
#pragma once
#include <string>

#include "levin/remote/credentials.hpp"

namespace levin::remote {

struct SwiftSession {
    std::string storage_url;  ///< "https://host/v1/AUTH_account"
    std::string token;
};

/// By the first of these that the environment has:
/// * OS_STORAGE_URL and OS_AUTH_TOKEN: a token that somebody else has asked for;
/// * OS_AUTH_URL: Keystone v3 (Identity API v3, "Authentication and token management"), by password (OS_USERNAME or
/// OS_USER_ID,
///   OS_PASSWORD, OS_USER_DOMAIN_NAME or _ID, OS_PROJECT_NAME or _ID, OS_PROJECT_DOMAIN_NAME or _ID) or by application
///   credential (OS_APPLICATION_CREDENTIAL_ID, or _NAME with the user, and _SECRET). The account is the object-store of
///   its catalog, in OS_REGION_NAME, for OS_INTERFACE (public); OS_STORAGE_URL overrides it;
/// * ST_AUTH, ST_USER and ST_KEY: version 1, as TempAuth has it.
/// Error for what is missing or refused, which names variables and never their values.
SwiftSession open_swift_session(const Environment& environment);
/// Whether a new token could be had when this one has expired.
bool renews(const Environment& environment);

}  // namespace levin::remote
