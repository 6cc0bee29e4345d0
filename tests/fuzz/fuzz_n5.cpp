// Any bytes are an N5 array or an Error: the attributes.json, a byte 0, and the first block.
#include "fuzz_file.hpp"
#include "fuzz_folder.hpp"
#include "levin/store/n5.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const levin::fuzz::Folder folder;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(bytes.find('\0'), size);
    folder.write("attributes.json", bytes.substr(0, end));
    std::string block = "0";
    for (std::size_t rank = 1; rank < 5; ++rank, block += "/0") {
        // As a block of this rank; what was written as one of another must not be in the way.
        std::filesystem::remove_all(folder.path() + "/0");
        folder.write(block, bytes.substr(std::min(end + 1, size)));
        try {
            const auto array = levin::store::open_n5(folder.path());
            if (array->info().rank() != rank) continue;
            if (array->scratch_bytes() > std::size_t{1} << 24) return 0;  // the time would go there
            levin::fuzz::read_corners(*array);
        } catch (const levin::Error&) {
        }
    }
    return 0;
}
