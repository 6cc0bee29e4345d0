/// What pyramid knows of the image that it reads, and the one that it makes.
#pragma once
#include "levin/engine/input.hpp"
#include "levin/engine/pyramid.hpp"
#include "levin/kernels/pyramid.hpp"
#include "levin/store/ome.hpp"

namespace levin::tool {

struct Options {
    engine::InputOptions input;
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
    std::optional<Index> levels;                    ///< besides level 0; none for as many as viewers want
    std::string factor = "y=2,x=2", version, name;  ///< version: "" for 0.5, or that of the image of a label
    std::optional<kernels::Downsample> method;
    std::vector<std::string> channels;  ///< NAME[:RRGGBB[:LOW:HIGH]] of each
    bool in_place = false;
    bool is_label = false;  ///< OUTPUT was said as IMAGE::labels/NAME
};

/// Where a label image belongs: OUTPUT is IMAGE/labels/NAME.
struct LabelPlace {
    std::string image, name;
};

/// A request that has been understood.
struct Job {
    const Options& options;
    engine::Execution& execution;
    engine::Source input;
    bool chunked = false;  ///< INPUT has chunks, as stores do, not the pages and strips of a file
    kernels::Downsample method = kernels::Downsample::mean;
    std::vector<Dims> factors;  ///< of each level from the one before; 1 for level 0
    std::optional<LabelPlace> label;
    store::NewImage image;

    Job(const Options& options_, engine::Execution& execution_, engine::Source input_)
        : options(options_), execution(execution_), input(std::move(input_)) {}
};

/// "IMAGE::labels/NAME", which means a path below IMAGE, as that path; all others as they are.
std::string output_path(const std::string& output);

/// Opens INPUT and settles everything that can be said before a level is made.
Job understand(const Options& options, engine::Execution& execution);
/// The same for --in-place: INPUT is an image with, so far, level 0.
Job understand_in_place(const Options& options, engine::Execution& execution);

/// `omero` by --channels, which names as many as there are.
store::Json named_channels(const Job& job);
/// That of INPUT, where it has as many channels as the result; null, and a note, otherwise.
store::Json carried_channels(const Job& job, const store::Image& image);

/// The step to each level from the one before, 1 for level 0. An axis that has come down to one sample stays as it is.
std::vector<Dims> steps_of(const Options& options, const ArrayInfo& info);
/// The levels' places in space, level 0 beginning at `origin`: those of the centres of blocks, or of their first
/// samples.
std::vector<store::ImageLevel> levels_of(const Job& job, const std::vector<double>& origin,
                                         const std::function<std::string(std::size_t)>& path);
/// What the array of a level will be.
engine::ResultInfo level_result(const Job& job, std::size_t level);

/// Names a label image that has come to its place in the listing of its group.
void list_label(const Job& job);
/// Of --in-place. Whether the image's metadata name the new levels already: another part, or an earlier run, came
/// first.
bool has_levels(const Job& job);
/// Leaves the image with level 0 before levels that it had are replaced. Those that have no successor are removed.
void hide_levels(const Job& job);
/// Makes the new levels those of the image, by one rename.
void show_levels(const Job& job);

}  // namespace levin::tool
