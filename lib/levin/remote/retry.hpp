/// When a request that failed is tried again: exponential back-off with full jitter (Brooker, "Exponential Backoff And
/// Jitter", AWS Architecture Blog, 2015), bounded in number and in time. Pure: time and chance come from the caller.
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace levin::remote {

using Milliseconds = std::chrono::milliseconds;

struct RetryPolicy {
    int tries = 8;            ///< in all
    Milliseconds first{100};  ///< the longest wait after the first try; it doubles from try to try
    Milliseconds longest{10'000};
    Milliseconds patience{120'000};  ///< no try begins later than this after the first

    /// How long to wait before the next try, when `tried` tries (1 or more) have failed and `elapsed` has passed since
    /// the first began; empty when it is time to give up. `chance` is uniform in [0, 1). What the server asks for by
    /// Retry-After is a minimum, and when that is beyond the patience, nothing is tried any more.
    std::optional<Milliseconds> wait(int tried, Milliseconds elapsed, std::optional<Milliseconds> retry_after,
                                     double chance) const;
};

/// Whether a request with this HTTP status may succeed when it is repeated: 408, 425, 429 and 5xx but 501 and 505,
/// which are for ever.
bool may_pass(int status);

/// Retry-After of RFC 9110, section 10.2.3, in seconds; a date is not understood, and empty.
std::optional<Milliseconds> parse_retry_after(std::string_view value);

}  // namespace levin::remote
