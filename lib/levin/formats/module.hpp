/// Formats whose library lies in a module: the table has their names, the module what they do.
#pragma once
#include <fmt/format.h>

#include "levin/core/module.hpp"
#include "levin/formats/format.hpp"

namespace levin::formats {

/// The contents of such a module; the functions mean what Format's do.
struct FormatModule {
    decltype(Format::open) open;
    decltype(Format::list) list;
    decltype(Format::write) write;
    decltype(Format::check) check;
    std::string (*library_version)();
};

/// `format` with functions that load the module called `name` when the first of them is called.
template <const char* name>
Format in_module(Format format) {
    static const auto module = []() -> const FormatModule& { return module_contents<FormatModule>(name); };
    format.open = [](const std::string& path, const ReadOptions& options) { return module().open(path, options); };
    format.list = [](const std::string& path) { return module().list(path); };
    format.write = [](const ArraySource& source, const std::string& path, const WriteOptions& options) {
        module().write(source, path, options);
    };
    format.check = [](const ArrayInfo& info) { module().check(info); };
    return format;
}

/// Of the library behind a module, for --version; what is wrong with a module that cannot be loaded.
inline std::string module_version(const std::string& name) {
    try {
        return module_contents<FormatModule>(name).library_version();
    } catch (const std::exception& error) {
        return fmt::format("unknown: {}", error.what());
    }
}

}  // namespace levin::formats
