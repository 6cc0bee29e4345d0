#include <blosc.h>
#include <lz4.h>
#include <zlib.h>
#include <zstd.h>

#include "levin/store/versions.hpp"

namespace levin::store {

LibraryVersions library_versions() {
    return {{"zstd", ZSTD_versionString()},
            {"c-blosc", blosc_get_version_string()},
            {"zlib", zlibVersion()},
            {"lz4", LZ4_versionString()}};
}

}  // namespace levin::store
