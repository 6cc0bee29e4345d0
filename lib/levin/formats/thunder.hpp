/// Thunder's binary folders (github.com/thunder-project/thunder): flat files *.bin beside a conf.json.
///
/// Series, as Thunder 0.x writes them (rdds/fileio/seriesloader.py): {"dims": [76, 87, 2], "nkeys": 3, "keytype":
/// "int16", "nvalues": 240, "valuetype": "uint8", "input": ...}. A record is nkeys keys and nvalues values; keys are
/// (y, x) or (y, x, z), the first varies fastest and counts from 0 (or from 1). Files are put in the order of their
/// first keys; the first and last key of each and 64 more are checked. Series, as Thunder 1.x writes them
/// (series/writers.py): {"shape": [76, 87, 2, 240], "dtype": "uint8"}, no keys, C order. Images (images/writers.py):
/// {"dims": [76, 87, 2], "dtype": "uint8"} and one file a time point, image-00000.bin; 1.x may say "shape" for "dims".
/// dims are (y, x) or (y, x, z), in C order as 1.x writes them; those of Thunder 0.5 and 0.6 are read with --order F
/// (data/images/writers there transpose; both say the same in conf.json).
///
/// Input: the conf.json (or NAME_conf.json, beside NAME.bin), or a directory that holds conf.json. It reads as (t, z,
/// y, x) or (t, y, x). Output: a new directory with conf.json, SUCCESS and the data; `thunder-series` in 0.x's form
/// with keys, which every version reads given its parameters, `thunder-images` in 1.x's. Values are little-endian.
#pragma once
#include <optional>

#include "levin/formats/format.hpp"

namespace levin::formats {

Format thunder_series_format();
Format thunder_images_format();
/// Whether `format` is one of the two.
bool thunder_reads(const Format& format);
/// The conf.json in `directory`, if there is one.
std::optional<std::string> thunder_conf(const std::string& directory);

}  // namespace levin::formats
