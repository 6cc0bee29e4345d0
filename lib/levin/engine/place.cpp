#include "levin/engine/place.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "levin/core/error.hpp"
#include "levin/formats/inputs.hpp"
#include "levin/remote/url.hpp"
#include "levin/store/group.hpp"
#include "levin/store/pending.hpp"
#include "levin/store/writer.hpp"

namespace levin::engine {

namespace fs = std::filesystem;

namespace {

/// In a bucket there are no folders to be made; that there is a bucket shows when the output is begun.
void check_url(const std::string& target) {
    remote::Url url = remote::parse_url(target);
    if (!url.is_store())
        throw UsageError(
            fmt::format("{}: http:// and https:// are for input only; write to s3:// or swift://", target));
    std::string folder = target;
    while (folder.ends_with('/')) folder.pop_back();
    const std::size_t root = folder.find('/', folder.find("://") + 3);
    for (std::size_t slash = folder.rfind('/'); root != folder.npos && slash > root; slash = folder.rfind('/')) {
        folder.resize(slash);
        if (store::read_node(folder).kind == store::Node::Kind::array)
            throw Error(fmt::format("{} lies inside the Zarr array {}; choose another place", target, folder));
        if (!store::pending_documents(folder).empty())
            throw Error(fmt::format("{} lies inside the unfinished store {}; choose another place", target, folder));
    }
}

}  // namespace

void check_place(const std::string& path) {
    if (path.empty()) return;
    if (const std::string target = formats::split_prefix(path).path; remote::is_url(target)) return check_url(target);
    fs::path target = formats::split_prefix(path).path;
    if (!target.has_filename()) target = target.parent_path();  // "out.zarr/"
    const fs::path given = target.parent_path().empty() ? fs::path(".") : target.parent_path();
    std::error_code error;
    if (!fs::exists(given, error)) {
        if (error) return;  // what is wrong comes out, with its cause, when the output is made
        throw Error(fmt::format("{}: there is no folder {}; make it first, or correct the path", path, given.string()));
    }
    if (!fs::is_directory(given, error)) return;
    for (fs::path folder = fs::weakly_canonical(given, error); !error; folder = folder.parent_path()) {
        if (store::pending_state(folder.string()))
            throw Error(
                fmt::format("{} lies inside the unfinished store {}; choose another place", path, folder.string()));
        if (store::read_node(folder.string()).kind == store::Node::Kind::array)
            throw Error(fmt::format("{} lies inside the Zarr array {}; choose another place", path, folder.string()));
        if (folder == folder.parent_path()) break;
    }
}

}  // namespace levin::engine
