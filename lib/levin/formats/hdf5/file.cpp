#include "levin/formats/hdf5/file.hpp"

#include <fmt/format.h>

#include <charconv>
#include <mutex>
#include <new>

#include "levin/core/error.hpp"
#include "levin/formats/file.hpp"

namespace levin::formats {
namespace {

std::mutex library;
/// How many locks this thread holds. A recursive mutex knows its owner by a number that is another in a forked copy.
thread_local int depth = 0;
/// The file that the last external link named; guarded by `library`.
std::string refused_file;

herr_t refuse_link(const char*, const char*, const char* file, const char*, unsigned*, hid_t, void*) noexcept {
    try {
        refused_file = file ? file : "?";
    } catch (...) {
    }
    return -1;
}

/// The innermost message is the cause; those above it say "can't" in other words.
herr_t keep_first(unsigned level, const H5E_error2_t* error, void* text) noexcept {
    try {
        if (level == 0 && error->desc) *static_cast<std::string*>(text) = error->desc;
    } catch (...) {
    }
    return 0;
}

herr_t find_no_memory(unsigned, const H5E_error2_t* error, void* found) noexcept {
    if (error->maj_num == H5E_RESOURCE && (error->min_num == H5E_NOSPACE || error->min_num == H5E_CANTALLOC))
        *static_cast<bool*>(found) = true;
    return 0;
}

/// "..., errno = 28, ..." of a failed system call; 0 when there is none.
int errno_in(const std::string& message) {
    const std::string mark = "errno = ";
    const std::size_t at = message.find(mark);
    int value = 0;
    if (at != message.npos) std::from_chars(message.data() + at + mark.size(), message.data() + message.size(), value);
    return value;
}

}  // namespace

Hdf5Lock::Hdf5Lock() {
    if (depth == 0) library.lock();
    ++depth;
    static const bool once = [] {
        H5dont_atexit();  // what could not be written has been said; closing again at the end would print it
        H5open();
        H5PLset_loading_state(0);
        return true;
    }();
    (void)once;
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // each thread has its own
}

Hdf5Lock::~Hdf5Lock() {
    if (--depth == 0) library.unlock();
}

Hdf5Id::~Hdf5Id() { close(); }

bool Hdf5Id::close() {
    if (id_ < 0) return true;
    const Hdf5Lock lock;
    return close_(std::exchange(id_, H5I_INVALID_HID)) >= 0;
}

void check_hdf5_memory() {
    bool found = false;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, find_no_memory, &found);
    if (found) throw std::bad_alloc();
}

void throw_hdf5(const std::string& doing) {
    check_hdf5_memory();
    std::string cause;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &cause);
    H5Eclear2(H5E_DEFAULT);
    if (const int error = errno_in(cause)) throw_system_error(doing, error);
    throw Error(cause.empty() ? doing : fmt::format("{}: {}", doing, cause));
}

hid_t hdf5_ok(hid_t id, const std::string& doing) {
    if (id < 0) throw_hdf5(doing);
    return id;
}

Hdf5Id hdf5_access() {
    Hdf5Id access(hdf5_ok(H5Pcreate(H5P_FILE_ACCESS), "HDF5"), H5Pclose);
    H5Pset_fapl_sec2(access.get());
#if H5_VERSION_GE(1, 10, 7)
    H5Pset_file_locking(access.get(), 0, 1);
#endif
    H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
    return access;
}

Hdf5Id open_hdf5(const std::string& path) {
    InputFile{path};  // a pipe or a folder is refused, and a system's error told, as for every other format
    const Hdf5Lock lock;
    const Hdf5Id access = hdf5_access();
    if (H5Fis_hdf5(path.c_str()) == 0) throw Error(path + ": not an HDF5 file");
    Hdf5Id file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
    if (!file) throw_hdf5("the file is damaged or cut off");
    return file;
}

Hdf5Id find_hdf5_object(hid_t file, const std::string& name) {
    const Hdf5Id access(H5Pcreate(H5P_LINK_ACCESS), H5Pclose);
    H5Pset_elink_cb(access.get(), refuse_link, nullptr);
    refused_file.clear();
    Hdf5Id object(H5Oopen(file, name.c_str(), access.get()), H5Oclose);
    if (!refused_file.empty())
        throw Error(
            fmt::format("{} is a link into another file, '{}', and a file may not choose what else is read: "
                        "give that file itself",
                        name, refused_file));
    return object;
}

}  // namespace levin::formats
