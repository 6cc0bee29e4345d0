/// Which files the user means: paths, directories, globs, and in which order.
#pragma once
#include <string>
#include <vector>

#include "levin/formats/format.hpp"

namespace levin::formats {

struct InputPath {
    const Format* format = nullptr;  ///< forced by "FORMAT:path", or found by content, then by extension
    std::string path;
    std::string dataset;  ///< of "path::dataset"; "" when there is none
};

/// "raw:frames/x.bin" -> raw, "frames/x.bin"; "x.h5::/data" -> "x.h5", dataset "/data". A path that exists as it is
/// written has neither, whatever it contains.
InputPath split_prefix(const std::string& input);

/// UsageError for an option in `options` that means something in other formats only; nullptr: a Zarr store.
void refuse_options(const std::string& path, const Format* format, const ReadOptions& options);

/// By content, then by extension; raw where --shape is given and nothing else is known. Error for a file that no format
/// knows.
const Format& sniff(const std::string& path, const ReadOptions& options);

/// The files behind `inputs`, sorted and thinned by start, stop and step.
/// * A directory stands for its files with a known extension, hidden ones left out, subdirectories included when
/// recursive. One that holds
///   conf.json is a single Thunder input. An empty one is an Error.
/// * A glob that matches nothing is an Error; a path that exists is never taken for a glob.
/// * Several files are sorted in natural order (2 before 10); with natural_sort off, those of a directory or glob byte
/// by byte,
///   and several inputs stay in the order given.
/// * All files must be of one format: the first that is not is named.
std::vector<InputPath> list_inputs(const std::vector<std::string>& inputs, const ReadOptions& options);

/// Digits compare as numbers, all else byte by byte: "t2" before "t10", "t02" after "t2".
bool natural_less(const std::string& a, const std::string& b);

}  // namespace levin::formats
