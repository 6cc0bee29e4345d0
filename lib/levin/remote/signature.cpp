#include "levin/remote/signature.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "levin/remote/http.hpp"

namespace levin::remote {
namespace {

constexpr const char* algorithm = "AWS4-HMAC-SHA256";

/// Names sorted, values without blanks around them: "name:value\n" and "name;name".
std::pair<std::string, std::string> canonical_headers(const SignedRequest& request) {
    auto headers = request.headers;
    headers.emplace_back("host", request.host);
    std::sort(headers.begin(), headers.end());
    std::string lines, names;
    for (const auto& [name, value] : headers) {
        lines += fmt::format("{}:{}\n", name, value);
        names += (names.empty() ? "" : ";") + name;
    }
    return {lines, names};
}

}  // namespace

void sign(SignedRequest& request, const AwsKeys& keys) {
    Library& crypto = library();
    request.headers.emplace_back("x-amz-date", request.time);
    request.headers.emplace_back("x-amz-content-sha256", request.body_sha256);
    if (!keys.token.empty()) request.headers.emplace_back("x-amz-security-token", keys.token);
    const auto [lines, names] = canonical_headers(request);
    const std::string canonical = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, request.path, request.query,
                                              lines, names, request.body_sha256);
    const std::string day = request.time.substr(0, 8);
    const std::string scope = fmt::format("{}/{}/{}/aws4_request", day, request.region, request.service);
    const std::string to_sign =
        fmt::format("{}\n{}\n{}\n{}", algorithm, request.time, scope, hex(crypto.sha256(bytes_of(canonical))));
    std::string key = "AWS4" + keys.secret;
    for (const std::string_view part : {std::string_view(day), std::string_view(request.region),
                                        std::string_view(request.service), std::string_view("aws4_request")})
        key = crypto.hmac_sha256(key, part);
    request.headers.emplace_back(
        "authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm, keys.id, scope,
                                     names, hex(crypto.hmac_sha256(key, to_sign))));
}

std::string aws_time() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc);
    return text;
}

}  // namespace levin::remote
