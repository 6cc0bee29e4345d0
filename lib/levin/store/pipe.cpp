#include "levin/store/pipe.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "levin/core/error.hpp"

namespace levin::store {
namespace {

constexpr int pipe_bytes = 1 << 20;  // what Linux gives anybody; 64 KiB otherwise
constexpr int look_up = 100;         // milliseconds between two looks for a stop request

bool is_pipe(int descriptor) {
    struct stat status {};
    return fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode);
}

void enlarge([[maybe_unused]] int descriptor) {
#ifdef F_SETPIPE_SZ
    fcntl(descriptor, F_SETPIPE_SZ, pipe_bytes);  // where that is not allowed, the pipe is as it was
#endif
}

void wait_for(int descriptor, short event, const StopToken& stop) {
    pollfd wanted{descriptor, event, 0};
    do stop.check();
    while (poll(&wanted, 1, look_up) == 0 || (errno == EINTR && wanted.revents == 0));
}

}  // namespace

PipeReader::PipeReader(int descriptor, StopToken stop) : descriptor_(descriptor), stop_(stop) {
    if (is_pipe(descriptor)) enlarge(descriptor);
}

std::size_t PipeReader::read(MutableBytes out) {
    for (;;) {
        wait_for(descriptor_, POLLIN, stop_);
        const ssize_t count = ::read(descriptor_, out.data(), out.size());
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR && errno != EAGAIN) throw_system_error("cannot read standard input", errno);
    }
}

// A write into a full pipe waits where no stop request is seen. So the pipe is opened once more for writing without
// waiting; setting that on the descriptor given would change it for all programs that share it.
PipeWriter::PipeWriter(int descriptor, StopToken stop) : descriptor_(descriptor), stop_(stop) {
    if (!is_pipe(descriptor)) return;
    enlarge(descriptor);
    const std::string path = fmt::format("/proc/self/fd/{}", descriptor);
    const int again = open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (again < 0) return;
    descriptor_ = again;
    own_ = true;
}

PipeWriter::~PipeWriter() {
    if (own_) close(descriptor_);
}

void PipeWriter::write(Bytes first, Bytes second) {
    while (!first.empty() || !second.empty()) {
        stop_.check();
        iovec parts[2] = {{const_cast<std::byte*>(first.data()), first.size()},
                          {const_cast<std::byte*>(second.data()), second.size()}};
        const ssize_t count = writev(descriptor_, parts, 2);
        if (count < 0) {
            if (errno == EPIPE) throw Interrupted(SIGPIPE);
            if (errno == EAGAIN) wait_for(descriptor_, POLLOUT, stop_);
            else if (errno != EINTR) throw_system_error("cannot write to standard output", errno);
            continue;
        }
        const auto done = static_cast<std::size_t>(count), of_first = std::min(done, first.size());
        first = first.subspan(of_first);
        second = second.subspan(done - of_first);
        written_ += done;
    }
}

}  // namespace levin::store
