#include "levin/remote/retry.hpp"

#include "catch.hpp"

using namespace levin::remote;

TEST_CASE("waits double up to the longest, each by chance", "[retry]") {
    RetryPolicy policy;
    policy.tries = 20;
    policy.patience = Milliseconds(1'000'000);
    const auto wait = [&](int tried, double chance) {
        return policy.wait(tried, Milliseconds(0), {}, chance)->count();
    };
    CHECK(wait(1, 0.5) == 50);
    CHECK(wait(2, 0.5) == 100);
    CHECK(wait(5, 0.5) == 800);
    CHECK(wait(8, 0.5) == 5000);
    CHECK(wait(19, 0.5) == 5000);
    CHECK(wait(5, 0.0) == 0);
    CHECK(wait(5, 0.999) < 1600);
}

TEST_CASE("tries and time have an end", "[retry]") {
    const RetryPolicy policy;
    CHECK(policy.wait(policy.tries - 1, Milliseconds(0), {}, 0.5));
    CHECK(!policy.wait(policy.tries, Milliseconds(0), {}, 0.5));
    CHECK(policy.wait(1, policy.patience - Milliseconds(50), {}, 0.5));
    CHECK(!policy.wait(1, policy.patience - Milliseconds(49), {}, 0.5));
}

TEST_CASE("the server's wish is a minimum", "[retry]") {
    const RetryPolicy policy;
    CHECK(policy.wait(1, Milliseconds(0), Milliseconds(3000), 0.9) == Milliseconds(3000));
    CHECK(policy.wait(1, Milliseconds(0), Milliseconds(10), 0.5) == Milliseconds(50));
    CHECK(!policy.wait(1, Milliseconds(0), Milliseconds(1'000'000), 0.5));
    CHECK(parse_retry_after("3") == Milliseconds(3000));
    CHECK(!parse_retry_after("Fri, 31 Dec 1999 23:59:59 GMT"));
    CHECK(!parse_retry_after("-1"));
    CHECK(!parse_retry_after("99999999999999999999"));
}

TEST_CASE("what may pass", "[retry]") {
    for (const int status : {408, 425, 429, 500, 502, 503, 504}) CHECK(may_pass(status));
    for (const int status : {200, 206, 301, 400, 401, 403, 404, 412, 416, 501, 505}) CHECK(!may_pass(status));
}
