/// Where files lie that nobody needs when the process has ended.
#pragma once
#include <cstdlib>
#include <string>

namespace levin {

/// $TMPDIR, else /var/tmp, which unlike /tmp is never memory.
inline std::string scratch_folder() {
    const char* folder = std::getenv("TMPDIR");
    return folder && *folder ? folder : "/var/tmp";
}

}  // namespace levin
