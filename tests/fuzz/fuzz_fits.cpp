// Any bytes are a FITS file or an Error. The first byte chooses --raw and the HDU.
#include "fuzz_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    levin::formats::ReadOptions options;
    options.raw = data[0] & 1;
    const levin::fuzz::File file(data + 1, size - 1);
    try {
        levin::formats::list("fits:" + file.path());
    } catch (const levin::Error&) {
    }
    const int hdu = data[0] >> 1 & 3;
    levin::fuzz::open_as("fits", file.path() + (hdu == 3 ? "" : fmt::format("::{}", hdu)), options);
    return 0;
}
