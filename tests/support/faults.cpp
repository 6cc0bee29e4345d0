// A preload library that makes the n-th system call of a kind fail, for tests of what a tool does then.
//
//   LEVIN_FAULT=CALL:N:ERROR   CALL: open write close rename mkdir fsync unlink, or "any" of them. ERROR: a number of
//                              errno; "short" for a write that takes only half; "kill" for a process that is killed at
//                              this call, with half of it written when it is a write. Only calls that change files
//                              count: descriptors opened for writing.
//   LEVIN_FAULT_HIT=FILE       made when the call has come, so that the test knows when it is through all of them
//   LEVIN_FAULT_COUNT=FILE     how many there were, written by a process that ends
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

struct Fault {
    std::string call;
    long number = 0;
    int error = 0;
    bool is_short = false, kills = false;

    Fault() {
        const char* text = std::getenv("LEVIN_FAULT");
        if (!text) return;
        const std::string words = text;
        const auto first = words.find(':'), second = words.find(':', first + 1);
        call = words.substr(0, first);
        number = std::atol(words.c_str() + first + 1);
        is_short = words.substr(second + 1) == "short";
        kills = words.substr(second + 1) == "kill";
        error = std::atoi(words.c_str() + second + 1);
    }
};

const Fault& fault() {
    static const Fault one;
    return one;
}

template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

std::atomic<bool> writes[1024];  // descriptors that were opened for writing

bool for_writing(int descriptor) { return descriptor > 2 && descriptor < 1024 && writes[descriptor]; }

std::atomic<long> calls{0};

void die() {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/// Whether this call is the one that fails. Does not return when the process is killed by it, but for a write, which
/// is to be torn.
bool strikes(const char* call) {
    if ((fault().call != call && fault().call != "any") || ++calls != fault().number) return false;
    if (fault().kills) {
        if (std::strcmp(call, "write") != 0) die();
        return true;
    }
    if (const char* file = std::getenv("LEVIN_FAULT_HIT"))
        next<int(int)>("close")(next<int(const char*, int, ...)>("open")(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
    errno = fault().error;
    return true;
}

template <class Open>
int opened(int flags, Open really) {
    const bool writing = (flags & O_ACCMODE) != O_RDONLY;
    if (writing && strikes("open")) return -1;
    const int descriptor = really();
    if (descriptor >= 0 && descriptor < 1024) writes[descriptor] = writing;
    return descriptor;
}

mode_t mode_of(int flags, va_list arguments) { return flags & O_CREAT ? va_arg(arguments, mode_t) : 0; }

struct WriteCount {
    ~WriteCount() {
        const char* file = std::getenv("LEVIN_FAULT_COUNT");
        if (!file) return;
        const int descriptor = next<int(const char*, int, ...)>("open")(file, O_CREAT | O_WRONLY | O_TRUNC, 0666);
        const std::string text = std::to_string(calls.load());
        if (next<ssize_t(int, const void*, size_t)>("write")(descriptor, text.data(), text.size()) < 0) std::abort();
    }
} write_count;

}  // namespace

extern "C" {

// NOLINTBEGIN: each as the system declares it.
#define LEVIN_MODE                                 \
    va_list arguments;                             \
    va_start(arguments, flags);                    \
    const mode_t mode = mode_of(flags, arguments); \
    va_end(arguments)

int open(const char* path, int flags, ...) {
    LEVIN_MODE;
    return opened(flags, [&] { return next<int(const char*, int, ...)>("open")(path, flags, mode); });
}

int open64(const char* path, int flags, ...) {
    LEVIN_MODE;
    return opened(flags, [&] { return next<int(const char*, int, ...)>("open64")(path, flags, mode); });
}

int openat(int folder, const char* path, int flags, ...) {
    LEVIN_MODE;
    return opened(flags, [&] { return next<int(int, const char*, int, ...)>("openat")(folder, path, flags, mode); });
}

int openat64(int folder, const char* path, int flags, ...) {
    LEVIN_MODE;
    return opened(flags, [&] { return next<int(int, const char*, int, ...)>("openat64")(folder, path, flags, mode); });
}
// NOLINTEND

ssize_t write(int descriptor, const void* data, size_t size) {
    const bool struck = for_writing(descriptor) && strikes("write");
    if (struck && !fault().is_short && !fault().kills) return -1;
    const ssize_t count =
        next<ssize_t(int, const void*, size_t)>("write")(descriptor, data, struck ? (size + 1) / 2 : size);
    if (struck && fault().kills) die();
    return count;
}

int close(int descriptor) {
    const bool fails = for_writing(descriptor) && strikes("close");
    if (descriptor >= 0 && descriptor < 1024) writes[descriptor] = false;
    const int error = errno;
    const int result = next<int(int)>("close")(descriptor);
    if (!fails) return result;
    errno = error;
    return -1;
}

int rename(const char* from, const char* to) {
    return strikes("rename") ? -1 : next<int(const char*, const char*)>("rename")(from, to);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) {
    if (strikes("rename")) return -1;
    return next<int(int, const char*, int, const char*)>("renameat")(from_folder, from, to_folder, to);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
    if (strikes("rename")) return -1;
    return next<int(int, const char*, int, const char*, unsigned)>("renameat2")(from_folder, from, to_folder, to,
                                                                                flags);
}

int mkdir(const char* path, mode_t mode) {
    return strikes("mkdir") ? -1 : next<int(const char*, mode_t)>("mkdir")(path, mode);
}

int mkdirat(int folder, const char* path, mode_t mode) {
    return strikes("mkdir") ? -1 : next<int(int, const char*, mode_t)>("mkdirat")(folder, path, mode);
}

int unlink(const char* path) { return strikes("unlink") ? -1 : next<int(const char*)>("unlink")(path); }
int remove(const char* path) { return strikes("unlink") ? -1 : next<int(const char*)>("remove")(path); }
int unlinkat(int folder, const char* path, int flags) {
    return strikes("unlink") ? -1 : next<int(int, const char*, int)>("unlinkat")(folder, path, flags);
}

int fsync(int descriptor) { return strikes("fsync") ? -1 : next<int(int)>("fsync")(descriptor); }
}
