// Any bytes are a table of numbers or an Error.
#include "fuzz_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const levin::fuzz::File file(data, size);
    levin::fuzz::open_as("text", file.path());
    return 0;
}
