// Any bytes are a MAT file of version 5 or an Error. The library is not instrumented, and what crashes it is found by a
// copy of the process (formats/rehearsal.hpp), as in the tools; what is fuzzed is what levin makes of what the library
// says.
#include "fuzz_file.hpp"

/// What the library forgets to free of a damaged file is lost in any program that uses it.
extern "C" const char* __lsan_default_suppressions() { return "leak:libmatio\nleak:inflateCopy"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const levin::fuzz::File file(data, size);
    levin::fuzz::open_each("mat", file.path());
    return 0;
}
