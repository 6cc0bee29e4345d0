/// AWS Signature Version 4 for S3 ("Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference).
/// libcurl signs too, but not the same in its versions: until 7.87 without the header x-amz-content-sha256 that S3
/// wants, later still without sorting the query.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace levin::remote {

struct AwsKeys {
    std::string id, secret, token;  ///< token: of a session, "" for none
};

struct SignedRequest {
    std::string method, host, path, query;                     ///< path and query as they are sent
    std::vector<std::pair<std::string, std::string>> headers;  ///< besides host; names in lower case
    std::string body_sha256;                                   ///< in hexadecimal
    std::string time;                                          ///< "20130524T000000Z"
    std::string region, service = "s3";
};

/// Appends x-amz-date, x-amz-content-sha256, x-amz-security-token where there is one, and authorization to the headers.
void sign(SignedRequest& request, const AwsKeys& keys);

/// Now, as SignedRequest::time.
std::string aws_time();

}  // namespace levin::remote
