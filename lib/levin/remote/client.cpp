#include "levin/remote/client.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include "levin/remote/retry.hpp"

namespace levin::remote {
namespace {

using Clock = std::chrono::steady_clock;

StopToken stop_token;
thread_local int unstoppable = 0;

double chance() {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(generator);
}

void sleep_for(Milliseconds time) {
    constexpr Milliseconds slice{50};
    for (; time > Milliseconds(0); time -= slice) {
        stop().check();
        ::usleep(static_cast<useconds_t>(std::min(time, slice).count() * 1000));
    }
}

/// What an answer says that S3 gives with status 400 or 422 though the request was right: it came damaged, or too
/// slowly.
bool came_damaged(const std::string& code, int status) {
    return status == 422 || code == "BadDigest" || code == "XAmzContentSHA256Mismatch" || code == "IncompleteBody" ||
           code == "RequestTimeout" || code == "InvalidDigest";
}

void check_digest(const Service& service, const Ask& ask, const HttpResponse& response) {
    if (ask.method != "GET" || response.status != 200 || response.cut || !service.tag_is_md5(response)) return;
    std::string expected = response.header("etag");
    std::erase(expected, '"');
    if (const std::string found = hex(library().md5(response.bytes())); found != expected)
        throw ConnectionLost(
            fmt::format("the {} bytes that came have the MD5 {}, the server tells {}", response.size, found, expected));
}

std::string advice(int status, const std::string& code, const HttpResponse& response) {
    if (code == "RequestTimeTooSkewed") return ": this machine's clock is wrong";
    if (const std::string& region = response.header("x-amz-bucket-region"); status / 100 == 3 && !region.empty())
        return fmt::format(": the bucket is in region {}; set AWS_REGION", region);
    if (status / 100 == 3) return ": a redirection is not followed with credentials; name the right endpoint";
    if (status == 401 || status == 403) return ": the credentials do not allow it, or there is no such thing";
    return "";
}

}  // namespace

void set_stop(const StopToken& stop) { stop_token = stop; }
StopToken stop() { return unstoppable > 0 ? StopToken() : stop_token; }

Unstoppable::Unstoppable() { ++unstoppable; }
Unstoppable::~Unstoppable() { --unstoppable; }

std::string status_text(const Service* service, const HttpResponse& response) {
    const std::string code = service ? service->code_of(response) : "";
    return fmt::format("{}{}{}", response.status, code.empty() ? "" : " ", code);
}

HttpResponse persist(const std::string& shown, const std::function<HttpResponse()>& attempt) {
    const RetryPolicy policy;
    const auto begin = Clock::now();
    for (int tried = 1;; ++tried) {
        std::optional<Milliseconds> retry_after;
        std::string why;
        try {
            HttpResponse response = attempt();
            if (!may_pass(response.status)) return response;
            retry_after = parse_retry_after(response.header("retry-after"));
            why = fmt::format("the server answers {}", response.status);
        } catch (const ConnectionLost& lost) {
            why = lost.what();
        } catch (Error& error) {
            error.add_context(shown);
            throw;
        }
        const auto elapsed = std::chrono::duration_cast<Milliseconds>(Clock::now() - begin);
        const auto wait = policy.wait(tried, elapsed, retry_after, chance());
        if (!wait)
            throw TransientError(
                fmt::format("{}: {} (given up after {} tries in {} s)", shown, why, tried, elapsed.count() / 1000));
        sleep_for(*wait);
    }
}

HttpResponse perform(Service& service, const Ask& ask, const std::string& shown) {
    HttpResponse response = persist(shown, [&] {
        HttpRequest request = service.request(ask);
        request.stop = stop();
        HttpResponse answer = library().perform(request);
        if (answer.status == 401 && service.renew(request)) {
            request = service.request(ask);
            request.stop = stop();
            answer = library().perform(request);
        }
        if (!answer.ok() && came_damaged(service.code_of(answer), answer.status))
            throw ConnectionLost("the server answers " + status_text(&service, answer));
        check_digest(service, ask, answer);
        return answer;
    });
    const int status = response.status;
    if (response.ok() || status == 404 || status == 412 || status == 416) return response;
    throw Error(fmt::format("{}: the server answers {}{}", shown, status_text(&service, response),
                            advice(status, service.code_of(response), response)));
}

}  // namespace levin::remote
