// Any bytes are a Thunder folder or an Error: the conf.json, a byte 0, and the file beside it.
#include "fuzz_file.hpp"
#include "fuzz_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const levin::fuzz::Folder folder;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(bytes.find('\0'), size);
    folder.write("conf.json", bytes.substr(0, end));
    folder.write("image-00000.bin", bytes.substr(std::min(end + 1, size)));
    levin::fuzz::open_as("thunder-series", folder.path());
    levin::fuzz::open_as("thunder-images", folder.path());
    return 0;
}
