/// What file.hpp's functions do where the path is a URL. Only for .cpp files of this layer.
#pragma once
#include "levin/store/file.hpp"

namespace levin::store {

bool remote_exists(const std::string& url);
std::optional<FileState> remote_state(const std::string& url);
std::optional<std::string> remote_text(const std::string& url, std::uint64_t limit);
std::vector<FolderEntry> remote_folder(const std::string& url);

}  // namespace levin::store
