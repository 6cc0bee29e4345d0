#include "levin/remote/retry.hpp"

#include <algorithm>
#include <charconv>

namespace levin::remote {

std::optional<Milliseconds> RetryPolicy::wait(int tried, Milliseconds elapsed, std::optional<Milliseconds> retry_after,
                                              double chance) const {
    if (tried >= tries) return std::nullopt;
    Milliseconds most = first;
    for (int i = 1; i < tried && most < longest; ++i) most *= 2;
    most = std::min(most, longest);
    Milliseconds wait(static_cast<Milliseconds::rep>(chance * static_cast<double>(most.count())));
    if (retry_after) wait = std::max(wait, *retry_after);
    if (elapsed + wait > patience) return std::nullopt;
    return wait;
}

bool may_pass(int status) {
    return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501 && status != 505);
}

std::optional<Milliseconds> parse_retry_after(std::string_view value) {
    long seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc() || end != value.data() + value.size() || seconds < 0 || seconds > 1'000'000)
        return std::nullopt;
    return Milliseconds(seconds * 1000);
}

}  // namespace levin::remote
