#include "levin/cli/versions.hpp"

#include <fmt/format.h>

#include "levin/cli/render.hpp"
#include "levin/formats/versions.hpp"
#include "levin/remote/http.hpp"
#include "levin/store/versions.hpp"

namespace levin::cli {

std::string version_text(const Manual& manual) {
    std::string text = fmt::format("{} (levin) {}\n", program_name(manual.name), version());
    text += fmt::format("fmt {}.{}.{}\n", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
    const LibraryVersions remote{{"libcurl and libcrypto", remote::library_versions()}};
    for (const LibraryVersions& libraries :
         {store::library_versions(), formats::library_versions(), remote, manual.libraries})
        for (const auto& [name, number] : libraries) text += fmt::format("{} {}\n", name, number);
    return text;
}

}  // namespace levin::cli
