// Any bytes are a NIfTI file, packed or not, or an Error. The first byte chooses --raw.
#include "fuzz_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    levin::formats::ReadOptions options;
    options.raw = data[0] & 1;
    const levin::fuzz::File file(data + 1, size - 1);
    levin::fuzz::open_as("nifti", file.path(), options);
    return 0;
}
