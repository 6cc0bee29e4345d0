/// Any bytes as a file, and what a tool reads of it.
#pragma once
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "levin/core/error.hpp"
#include "levin/formats/format.hpp"

namespace levin::fuzz {

/// A file in memory, under a path of its own.
class File {
  public:
    File(const std::uint8_t* data, std::size_t size) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
        if (descriptor_ < 0 || ::write(descriptor_, data, size) != static_cast<ssize_t>(size)) std::abort();
    }
    ~File() { ::close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

  private:
    int descriptor_;
};

/// Reads the first and the last corner of the array. What would take more memory than a tool is given is left alone: a
/// tool asks for that first.
inline void read_corners(const ArraySource& source) {
    const ArrayInfo& info = source.info();
    if (source.scratch_bytes() > std::size_t{256} << 20 || info.rank() > 5) return;
    for (const bool last : {false, true}) {
        Region corner{Dims(info.rank(), 0), info.shape};
        for (std::size_t i = 0; i < info.rank(); ++i) {
            corner.shape[i] = std::min<Index>(info.shape[i], 9);
            if (last) corner.origin[i] = info.shape[i] - corner.shape[i];
        }
        OwnedArray values(info.dtype, corner.shape);
        source.read(corner, values.view);
    }
}

/// The file as one of format `format`: an array whose corners can be read, or an Error.
inline void open_as(const std::string& format, const std::string& path, const formats::ReadOptions& options = {}) {
    std::vector<std::string> notes;
    try {
        read_corners(*formats::open({format + ":" + path}, options, &notes));
    } catch (const Error&) {
    }
}

/// The same for every array that the file lists.
inline void open_each(const std::string& format, const std::string& path) {
    const std::string input = format + ":" + path;
    try {
        for (const formats::Dataset& dataset : formats::list(input)) {
            try {
                read_corners(*formats::open({input + "::" + dataset.name}, {}));
            } catch (const Error&) {
            }
        }
    } catch (const Error&) {
    }
}

}  // namespace levin::fuzz
