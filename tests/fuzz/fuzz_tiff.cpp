// Any bytes are a TIFF file or an Error. The first byte chooses --pages.
#include <array>

#include "fuzz_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    levin::formats::ReadOptions options;
    options.pages = std::array<const char*, 4>{"", "t", "z", "z=2"}[data[0] % 4];
    const levin::fuzz::File file(data + 1, size - 1);
    levin::fuzz::open_as("tiff", file.path(), options);
    return 0;
}
