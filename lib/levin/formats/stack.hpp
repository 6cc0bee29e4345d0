/// Many files as one array.
///
/// What a file holds: with --pages its first axis counts pages. `t` names that axis t, `z` names it z, and `z=N` splits
/// it: page p is (t, z) = (p / N, p % N). Pages left over are an Error, or dropped and noted with --discard-extra. A
/// file without an axis of pages is one page. Without --pages a file is taken as its format gives it.
///
/// How files follow one another: along the axis called --along (default t). Where the files have an axis of that name
/// it goes on from file to file; otherwise a new axis comes in front, called so when --along was given or all other
/// axes have names, else without a name, for --axes to give. N files of (pages, y, x) are (N, pages, y, x), N of (y, x)
/// are (N, y, x), a single file is as it is. --axes may name one axis more than
/// a file has: that is the axis of the files, of one file too. Files of nameless pages along z are planes that go on.
/// When all axes have names the array is in OME order.
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

/// All sources must agree in shape, dtype and names of axes: the first that does not is named with both. Sources hold
/// no open files, so that ten thousand of them need no more descriptors than one.
std::unique_ptr<ArraySource> stack(std::vector<std::unique_ptr<ArraySource>> sources, const ReadOptions& options,
                                   std::vector<std::string>* notes);

}  // namespace levin::formats
