#include "levin/engine/watch.hpp"

#include <fmt/format.h>

#include "levin/core/error.hpp"
#include "levin/store/crc32c.hpp"

namespace levin::engine {

Watch::Watch(std::string name, const std::vector<std::string>& files) : name_(std::move(name)) {
    for (const std::string& file : files) files_.emplace_back(file, store::file_state(file));
}

void Watch::check() const {
    for (const auto& [file, before] : files_) {
        const auto now = store::file_state(file);
        if (now == before) continue;
        throw Error(fmt::format(
            "input {} was replaced while it was read: {} is {}; nothing is published, what has been made of "
            "both is to be made again with --force",
            name_, file, now ? "not the file that it was" : "gone"));
    }
}

// Not the files' numbers: a copy that has kept its times, as rsync -t and cp -p make one, is as good.
std::string Watch::digest() const {
    std::uint32_t sum = 0;
    for (const auto& [file, state] : files_)
        sum = store::crc32c(
            store::bytes_of(state ? fmt::format("{} {} {}\n", state->size, state->seconds, state->nanoseconds)
                                  : std::string("none\n")),
            sum);
    return fmt::format("{:08x}", sum);
}

}  // namespace levin::engine
