#include "levin/core/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace levin {

Interrupted::Interrupted(int signal)
    : Error(fmt::format("stopped by signal {} ({})", signal, strsignal(signal))), signal_(signal) {}

void throw_system_error(std::string_view doing, int errno_value) {
    std::string message = fmt::format("{}: {}", doing, std::strerror(errno_value));
    switch (errno_value) {
        case ENOSPC:
        case EDQUOT:
            throw TransientError(message + "; free some space and run again with --resume");
        case EIO:
        case EMFILE:
        case ENFILE:
        case ESTALE:
        case EAGAIN:
        case ENOMEM:
        case ETIMEDOUT:
            throw TransientError(message);
        default:
            throw Error(message);
    }
}

}  // namespace levin
