// Any bytes are a .npy file or an Error.
#include "fuzz_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const levin::fuzz::File file(data, size);
    levin::fuzz::open_as("npy", file.path());
    return 0;
}
