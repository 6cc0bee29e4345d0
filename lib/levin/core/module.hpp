/// Modules: the parts of levin whose libraries bring dozens of others. They are files of their own,
/// LIBDIR/levin/levin-NAME.so, loaded when first needed, so that no tool starts slower or larger for what it does not
/// do. A module is built with the tools, uses what they hold of levin, and is never unloaded.
#pragma once
#include <string>

namespace levin {

/// What each module defines, as `extern "C"`, under the name levin_module.
struct Module {
    const char* version;   ///< levin's own: a module serves the build that it comes from
    const void* contents;  ///< what its user and it agreed on
};

/// Loads the module unless it is there. Error naming the file that is missing, cannot be loaded, or belongs to another
/// version. Thread-safe.
const Module& load_module(const std::string& name);

/// The `Contents` of the module `name`.
template <class Contents>
const Contents& module_contents(const std::string& name) {
    return *static_cast<const Contents*>(load_module(name).contents);
}

}  // namespace levin
