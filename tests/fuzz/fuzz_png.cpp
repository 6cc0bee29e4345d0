// Any bytes are a PNG file or an Error.
#include "fuzz_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const levin::fuzz::File file(data, size);
    levin::fuzz::open_as("png", file.path());
    return 0;
}
