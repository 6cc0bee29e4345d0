// Any bytes are a Thunder folder or an Error: the conf.json, a byte 0, and the file beside it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "fuzz_file.hpp"

namespace {

namespace fs = std::filesystem;

/// A folder of this process, removed when it ends.
struct Folder {
    fs::path path = fs::temp_directory_path() / fmt::format("levin-fuzz-{}", ::getpid());
    Folder() { fs::create_directories(path); }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    void write(const char* name, std::string_view text) const {
        if (!(std::ofstream(path / name, std::ios::binary) << text)) std::abort();
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Folder folder;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(bytes.find('\0'), size);
    folder.write("conf.json", bytes.substr(0, end));
    folder.write("image-00000.bin", bytes.substr(std::min(end + 1, size)));
    levin::fuzz::open_as("thunder-series", folder.path.string());
    levin::fuzz::open_as("thunder-images", folder.path.string());
    return 0;
}
