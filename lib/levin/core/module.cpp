#include "levin/core/module.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <mutex>

#include "levin/core/error.hpp"
#include "levin/core/version.hpp"

namespace levin {
namespace {

namespace fs = std::filesystem;

/// Beside the program as `cmake --install` and the build tree lay it down, wherever that was moved to; else, for
/// programs of other projects, where levin was installed.
fs::path find_module(const std::string& name) {
    const std::string file = "levin-" + name + ".so";
    std::error_code ignored;
    const fs::path beside = fs::read_symlink("/proc/self/exe", ignored).parent_path() / LEVIN_MODULES_FROM_BIN / file;
    const fs::path installed = fs::path(LEVIN_MODULES_INSTALLED) / file;
    for (const fs::path& path : {beside, installed})
        if (fs::exists(path, ignored)) return path;
    throw Error(
        fmt::format("levin's module {} is missing: it is neither {} nor {}; install levin whole, a program alone "
                    "does not hold it",
                    name, beside.lexically_normal().string(), installed.string()));
}

const Module& load(const std::string& name) {
    const fs::path path = find_module(name);
    void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) throw Error(fmt::format("levin's module {} cannot be loaded: {}", name, ::dlerror()));
    const auto* const module = static_cast<const Module*>(::dlsym(library, "levin_module"));
    if (!module) throw Error(fmt::format("{} is no module of levin", path.string()));
    if (module->version != std::string(version()))
        throw Error(fmt::format("{} belongs to levin {}, this is levin {}; install both from one build", path.string(),
                                module->version, version()));
    return *module;
}

}  // namespace

const Module& load_module(const std::string& name) {
    static std::mutex mutex;
    static std::map<std::string, const Module*> loaded;
    const std::lock_guard<std::mutex> guard(mutex);
    const Module*& module = loaded[name];
    if (!module) module = &load(name);
    return *module;
}

}  // namespace levin
