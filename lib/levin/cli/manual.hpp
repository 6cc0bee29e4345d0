/// A tool's manual as plain data. --help, the man page and shell completion are three renderings of it and of the
/// options that the tool declares.
#pragma once
#include <string>
#include <vector>

#include "levin/core/version.hpp"

namespace levin::cli {

struct Example {
    std::string command;   ///< one line a user can paste, e.g. "levin filter median a.zarr b.zarr --size y=3,x=3"
    std::string explains;  ///< what it does; a sentence without a final stop
};

struct Manual {
    std::string name{};     ///< without prefix: "filter"
    std::string group{};    ///< under which `levin` lists the tool: "Input and output", "Images", "Series", ...
    std::string summary{};  ///< one line, no final stop: "smooth, sharpen or clean images"
    /// Paragraphs: what it computes (the formula), what happens to NaN, what it costs. A paragraph that begins with two
    /// spaces is kept as it is, line by line; the others are filled.
    std::vector<std::string> description{};
    std::vector<Example> examples{};
    LibraryVersions libraries{};          ///< for --version: what this tool uses besides the libraries of every tool
    std::vector<std::string> see_also{};  ///< tools by name ("toseries") or pages ("scipy.ndimage", "levin-array(5)")
};

}  // namespace levin::cli
