/// A folder of files that a target writes anew for each input.
#pragma once
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace levin::fuzz {

/// In the place for temporary files, of this process, removed when it ends.
class Folder {
  public:
    Folder() { std::filesystem::create_directories(path_); }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string path() const { return path_.string(); }
    void write(const std::string& name, std::string_view text) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        if (!(std::ofstream(path_ / name, std::ios::binary) << text)) std::abort();
    }

  private:
    std::filesystem::path path_ = std::filesystem::temp_directory_path() / fmt::format("levin-fuzz-{}", ::getpid());
};

}  // namespace levin::fuzz
