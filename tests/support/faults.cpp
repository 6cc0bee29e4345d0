// A preload library that makes the n-th system call of a kind fail, for tests of what a tool does then.
//
//   LEVIN_FAULT=CALL:N:ERROR   CALL: open write close rename mkdir fsync. ERROR: a number of errno, or "short" for a
//   write
//                              that takes only half. Only calls that change files count: descriptors opened for
//                              writing.
//   LEVIN_FAULT_HIT=FILE       made when the call has come, so that the test knows when it is through all of them
#include <dlfcn.h>
#include <fcntl.h>
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
    bool is_short = false;

    Fault() {
        const char* text = std::getenv("LEVIN_FAULT");
        if (!text) return;
        const std::string words = text;
        const auto first = words.find(':'), second = words.find(':', first + 1);
        call = words.substr(0, first);
        number = std::atol(words.c_str() + first + 1);
        is_short = words.substr(second + 1) == "short";
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

/// Whether this call is the one that fails.
bool strikes(const char* call) {
    static std::atomic<long> count{0};
    if (fault().call != call || ++count != fault().number) return false;
    if (const char* file = std::getenv("LEVIN_FAULT_HIT"))
        next<int(int)>("close")(next<int(const char*, int, ...)>("open")(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
    errno = fault().error;
    return true;
}

int opened(const char* name, const char* path, int flags, mode_t mode) {
    const bool writing = (flags & O_ACCMODE) != O_RDONLY;
    if (writing && strikes("open")) return -1;
    const int descriptor = next<int(const char*, int, ...)>(name)(path, flags, mode);
    if (descriptor >= 0 && descriptor < 1024) writes[descriptor] = writing;
    return descriptor;
}

mode_t mode_of(int flags, va_list arguments) { return flags & O_CREAT ? va_arg(arguments, mode_t) : 0; }

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened("open64", path, flags, mode);
}

ssize_t write(int descriptor, const void* data, size_t size) {
    if (for_writing(descriptor) && strikes("write")) {
        if (!fault().is_short) return -1;
        size = (size + 1) / 2;
    }
    return next<ssize_t(int, const void*, size_t)>("write")(descriptor, data, size);
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

int mkdir(const char* path, mode_t mode) {
    return strikes("mkdir") ? -1 : next<int(const char*, mode_t)>("mkdir")(path, mode);
}

int fsync(int descriptor) { return strikes("fsync") ? -1 : next<int(int)>("fsync")(descriptor); }
}
