// Any bytes are a MAT file of version 5 or an Error. The library is not instrumented, and what crashes it is found by a
// copy of the process (formats/rehearsal.hpp), as in the tools; what is fuzzed is what levin makes of what the library
// says.
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "levin/core/error.hpp"
#include "levin/core/view.hpp"
#include "levin/formats/format.hpp"

using namespace levin;

namespace {

/// A file of the process's own, removed when it ends.
struct Scratch {
    char path[32] = "/tmp/levin-fuzz-XXXXXX";
    int descriptor = ::mkstemp(path);
    ~Scratch() { ::unlink(path); }
};

void read_some(const ArraySource& source) {
    const ArrayInfo& info = source.info();
    Region corner = Region::whole(info.shape);
    for (Index& size : corner.shape) size = std::min<Index>(size, info.rank() > 4 ? 2 : 8);
    if (source.scratch_bytes() > std::size_t{256} << 20) return;  // a tool asks for the memory first
    OwnedArray values(info.dtype, corner.shape);
    source.read(corner, values.view);
}

}  // namespace

/// What the library forgets to free of a damaged file is lost in any program that uses it.
extern "C" const char* __lsan_default_suppressions() { return "leak:libmatio\nleak:inflateCopy"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Scratch scratch;
    if (::ftruncate(scratch.descriptor, 0) != 0 ||
        ::pwrite(scratch.descriptor, data, size, 0) != static_cast<ssize_t>(size))
        return 0;
    const std::string input = std::string("mat:") + scratch.path;
    try {
        for (const formats::Dataset& dataset : formats::list(input)) {
            try {
                read_some(*formats::open({input + "::" + dataset.name}, {}));
            } catch (const Error&) {
            }
        }
    } catch (const Error&) {
    }
    return 0;
}
