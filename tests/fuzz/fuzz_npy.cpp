// Any bytes are a .npy file, or an .npz of them, or an Error.
#include <string_view>

#include "fuzz_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const levin::fuzz::File file(data, size);
    if (std::string_view(reinterpret_cast<const char*>(data), size).starts_with("PK"))
        levin::fuzz::open_each("npz", file.path());
    else levin::fuzz::open_as("npy", file.path());
    return 0;
}
