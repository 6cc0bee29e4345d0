// Any bytes are a DCIMG file or an Error. The first byte is --row-offset.
#include "fuzz_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    levin::formats::ReadOptions options;
    options.row_offset = data[0];
    const levin::fuzz::File file(data + 1, size - 1);
    levin::fuzz::open_as("dcimg", file.path(), options);
    return 0;
}
