/// The table of foreign formats and the one way in and out. One file per format beside this one.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "levin/core/array.hpp"
#include "levin/core/stop.hpp"

namespace levin::formats {

/// What the user says about input that does not say it itself.
struct ReadOptions {
    std::string axes;  ///< --axes: names of the axes of the whole, letters; here it says only whether one of them is
                       ///< that of the files
    std::vector<std::pair<std::string, Index>> shape;  ///< --shape, storage order, slowest first (headerless input)
    std::optional<DType> dtype;                        ///< --input-dtype
    char order = 'C';                                  ///< --order C|F (F: the first axis of --shape varies fastest)
    Index skip = 0;        ///< --skip: bytes before each record (a run along the axis that varies fastest)
    std::string pages;     ///< --pages: "", "t", "z", "z=N"
    std::string along;     ///< --along: axis along which files follow one another; "" = "t"
    std::string dataset;   ///< what follows "::" in an input: the array meant in a file of several; "" = not said
    bool raw = false;      ///< --raw: values as stored, without the scale that the file says
    Index row_offset = 0;  ///< --row-offset: pixels of padding at the begin of each stored row
    bool recursive = false, natural_sort = true, discard_extra = false;
    Index start = 0, stop = -1, step = 1;       ///< which files of a directory or glob; stop -1: all
    std::vector<std::string>* notes = nullptr;  ///< set by `open`: what the user should know, one sentence each
    void note(const std::string& path, const std::string& sentence) const {
        if (notes) notes->push_back(path + ": " + sentence);
    }
};

/// One array in a file that may hold several.
struct Dataset {
    std::string name;   ///< what follows "::"
    Dims shape;         ///< storage order
    std::string dtype;  ///< as the format calls it where levin has no such type
    std::string note;   ///< e.g. what kind of layout it belongs to, or why levin does not read it; ""
};

/// What a format can do. `open` throws Error for damaged content, UsageError for a missing option.
struct Format {
    std::string name;                     ///< the FORMAT of "FORMAT:path"
    std::vector<std::string> extensions;  ///< ".tif", ...
    std::string summary;
    /// By content; first_bytes: up to 64 bytes.
    bool (*matches)(const std::string& path, const std::string& first_bytes);
    std::unique_ptr<ArraySource> (*open)(const std::string& path, const ReadOptions&);
    void (*write)(const ArraySource&, const std::string& path, const struct WriteOptions&);  ///< nullptr when read-only
    /// UsageError for an array that `write` cannot hold; nullptr when it holds all.
    void (*check)(const ArrayInfo&) = nullptr;
    /// The arrays in a file; nullptr for a format whose files hold one, to which "::" is refused.
    std::vector<Dataset> (*list)(const std::string& path) = nullptr;
    std::vector<std::string> options = {};  ///< of --raw and --row-offset those that mean something here
    bool writes_names = false;              ///< "PATH::NAME" as an output names the array in the file
    bool by_path = false;                   ///< its library opens paths: what is at a URL is fetched whole first
    bool beside_data = false;               ///< in a folder such files are notes about the data, not the data
};

struct WriteOptions {
    bool force = false;
    std::string path;         ///< where the file will be, which may say more than where it is in the making
    std::string dataset;      ///< what follows "::" in the output; "" = the format's default
    std::string compression;  ///< TIFF: none|lzw|deflate|packbits|zstd; "" = the format's default
    StopToken stop;
    /// Bytes of the source held at a time (one row at least); more means fewer passes over its chunks.
    std::size_t memory = std::size_t{64} << 20;
    /// Called when everything has been read, before the file comes into its place; may throw.
    std::function<void()> before_publishing;
    /// Where the bytes of "FORMAT:-" go.
    std::function<void(std::span<const std::byte>)> pipe;
};

const std::vector<Format>& all();
/// By name, UsageError for an unknown one.
const Format& by_name(const std::string& name);
/// By extension of an output path; nullptr when none matches.
const Format* by_extension(const std::string& path);
/// ".tif" of "a.tif", ".nii.gz" of "a.nii.gz": what a number in a name goes before.
std::string extension_of(const std::string& path);
/// The same in lower case, for comparison.
std::string lower_extension(const std::string& path);

/// Opens a file, a directory of files or a glob ("frames/*.tif"), or several of these, as one array; "FORMAT:path"
/// forces a format, "path::DATASET" chooses in files that hold several arrays. Several files become one more axis in
/// front (or continue the axis `along` when the files have it), in natural order. The first file whose shape or dtype
/// differs is named with both shapes. An input that does not exist, or matches nothing, is an Error naming it. What was
/// left out (--discard-extra) or is not whole is added to `notes`, one sentence each, and the files that it is to
/// `files`.
std::unique_ptr<ArraySource> open(const std::vector<std::string>& inputs, const ReadOptions& options,
                                  std::vector<std::string>* notes = nullptr, std::vector<std::string>* files = nullptr);

/// The arrays in the one file that `input` names, in the file's order. UsageError for a format whose files hold one.
std::vector<Dataset> list(const std::string& input);

/// The format that `write` chooses: by FORMAT:path or by extension. UsageError when levin writes no such format.
const Format& output_format(const std::string& output);
/// Error when something is at the path of this output that `write` would not replace.
void check_output(const std::string& output, bool force);

/// UsageError for an array that the output's format cannot hold: `write` would refuse it, perhaps hours later.
void check_holds(const std::string& output, const ArrayInfo& info);

/// A hidden name beside `path`, or in $TMPDIR where that is a URL, that no other process uses, for a file in the
/// making. What killed processes of this machine left in that folder under such names is removed.
std::string partial_beside(const std::string& path);
/// Brings the file `partial` to `path`: by a rename, or by putting it there and removing it.
void publish_file(const std::string& partial, const std::string& path);
/// Bytes of what an output has become: a file, the files in a folder, an object.
std::size_t written_bytes(const std::string& output);

/// Writes `source` to `path` by its extension, through a partial file and a rename, page by page in bounded memory.
/// Refuses an existing path unless force.
void write(const ArraySource& source, const std::string& path, const WriteOptions& options);

}  // namespace levin::formats
