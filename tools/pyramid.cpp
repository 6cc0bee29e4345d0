// Resolution levels for viewers, in one pass: the engine streams, the kernel makes one row of a level of rows of the
// one before.
#include "levin/kernels/pyramid.hpp"

#include <fmt/format.h>

#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/store/file.hpp"
#include "pyramid_image.hpp"

namespace {

using namespace levin;
using namespace levin::tool;
using kernels::Downsample;

const cli::Manual manual{
    .name = "pyramid",
    .group = "Layout",
    .summary = "write an OME-Zarr image with levels of lower resolution",
    .description =
        {"OUTPUT is an OME-Zarr image: level 0 holds the values of INPUT, in its data type and chunks, every further "
         "level one sample for each block of --factor samples of the level before, as that is stored. Viewers such as "
         "napari, Vizarr and Neuroglancer open it and read the level that the screen shows. All levels are made in one "
         "pass "
         "over INPUT.",
         "mean is the sum of a block's samples divided by their number: of integers the exact quotient, rounded to the "
         "nearest integer, ties to even; of floating point added up in float64 and rounded once. NaN is no data and "
         "counts for nothing. mode, for labels, is the most frequent value, of several the smallest; background, 0, is "
         "a "
         "value like any other, so that it wins a tie. nearest is the first sample of the block. At the end of an "
         "axis, "
         "where less than a block is left, that is the block.",
         "The metadata say where the samples lie: those of mean and mode in the middle of their blocks, which is "
         "(factor - 1) / 2 samples beside the first. Spacing, units and channels (omero) of INPUT are kept. --channels "
         "says others. "
         "Without any, viewers set the contrast by what they see, which for most data is better than the range of a "
         "type.",
         "Only z, y and x can be reduced. z is, when --factor says so: for volumes whose planes lie as close as "
         "their pixels. The levels end where no reduced axis is longer than 256.",
         "An OUTPUT of IMAGE::labels/NAME is a label image of IMAGE, an OME-Zarr image of the same size: it "
         "takes IMAGE's version and, where INPUT has none, its spacing, and is listed in IMAGE/labels.",
         "--in-place adds levels to an image that has level 0 only, which stays as it is. The new levels count when "
         "the image's metadata are replaced, at the end; until then, killed or not, the image is what it was.",
         "--part shares out whole cells of the coarsest level: time points, channels and planes, and of images that "
         "are larger than its chunks, parts of them."},
    .examples = {{"levin pyramid fish.zarr fish.ome.zarr", "for a viewer: napari fish.ome.zarr"},
                 {"levin pyramid bone.zarr bone.ome.zarr --factor z=2,y=2,x=2 --chunks z=64,y=64,x=64",
                  "a volume, reduced along all of its axes"},
                 {"levin pyramid clusters/labels fish.ome.zarr::labels/clusters", "labels for that image"},
                 {"levin pyramid image.zarr --in-place", "levels for an image that has none"}},
    .see_also = {"copy", "info", "export", "levin-formats(7)"},
};

void declare(cli::Parser& parser, Options& options) {
    cli::add_input(parser, options.input);
    cli::add_output(parser, options.output, "image to write, or IMAGE::labels/NAME");
    parser.at("OUTPUT").optional();
    for (const char* name : {"--dtype", "--clip", "--zarr-format"}) parser.remove(name);
    parser.at("--chunks").defaults_to("the input's, else about 8 MiB");
    parser.at("--codec").defaults_to("zstd:1");
    parser.group("");
    parser
        .custom("--levels", "N|auto", "levels besides level 0",
                [&options](const std::string& text) {
                    Index levels = 0;
                    if (text != "auto") cli::detail::parse(text, levels);
                    if (levels < 0) throw UsageError(fmt::format("--levels {}: must be at least 0", text));
                    options.levels = text == "auto" ? std::nullopt : std::optional(levels);
                })
        .defaults_to("auto");
    parser.option(options.factor, "--factor", "AXIS=N,...", "samples that become one, along each axis");
    parser
        .option(options.method, "--method", "METHOD",
                {{"mean", Downsample::mean, "its mean"},
                 {"mode", Downsample::mode, "its most frequent value"},
                 {"nearest", Downsample::nearest, "its first sample"}},
                "what becomes of a block")
        .defaults_to("mode for labels and masks, else mean");
    parser.option(options.version, "--ome-version", "0.4|0.5", "version of OME-Zarr; 0.4 is Zarr v2, 0.5 Zarr v3")
        .one_of({{"0.4"}, {"0.5"}})
        .defaults_to("0.5; for labels that of their image");
    parser
        .option(options.channels, "--channels", "NAME[:RRGGBB[:LOW:HIGH]],...",
                "names of the channels, colours, and the values shown as black and in full colour; without those, "
                "the range of an integer type")
        .defaults_to("those of INPUT");
    parser.option(options.name, "--name", "NAME", "of the image").defaults_to("that of INPUT");
    parser.flag(options.in_place, "--in-place", "add levels to INPUT, an image with level 0 only");
    cli::add_execution(parser, options.execution);
    parser.check([&options] {
        if (!options.in_place && options.output.path.empty())
            throw UsageError("name an OUTPUT, or say --in-place to add levels to INPUT");
    });
    parser.check([&options] {
        const auto refuse = [&options](bool given, const char* what) {
            if (options.in_place && given)
                throw UsageError(
                    fmt::format("--in-place keeps the image as it is, but for its levels; leave out {}", what));
        };
        refuse(!options.output.path.empty(), "OUTPUT");
        refuse(!options.version.empty(), "--ome-version");
        refuse(!options.name.empty(), "--name");
        refuse(!options.channels.empty(), "--channels");
        refuse(!options.input.select.empty(), "--select");
        refuse(options.input.level != 0, "--level");
        refuse(!options.input.axes.empty(), "--axes");
        refuse(!options.input.spacing.empty(), "--spacing");
    });
}

void build(const Job& job, const engine::PyramidLevels& levels) {
    const DType dtype = job.input->info().dtype;
    engine::build_pyramid(job.execution, *job.input, levels,
                          [&](std::span<const std::byte* const> rows, Index length, Index factor, std::byte* out) {
                              kernels::downsample_rows(job.method, dtype, rows, length, factor, out);
                          });
}

void write_image(const Job& job) {
    engine::OutputOptions output = job.options.output;
    output.zarr_format = job.image.version == "0.4" ? 2 : 3;
    if (job.label && !job.execution.options().dry_run)
        store::make_directories(job.label->image + "/labels", job.execution.options().fsync);
    engine::OutputGroup group(job.execution, output, job.input->info().attributes,
                              store::image_attributes(job.image).dump());
    engine::PyramidLevels levels;
    for (std::size_t k = 0; k < job.factors.size(); ++k)
        levels.push_back({&group.add(job.image.levels[k].path, level_result(job, k)), job.factors[k]});
    build(job, levels);
    if (!group.is_ready()) return;
    group.publish();
    list_label(job);
}

void add_levels(const Job& job) {
    if (job.factors.size() == 1)
        return job.execution.progress().note(fmt::format(
            "{} needs no further level: no axis that is reduced is longer than 256; --levels adds some all the same",
            job.options.input.path));
    engine::OutputOptions output = job.options.output;
    output.path = job.options.input.path;
    output.zarr_format = job.image.version == "0.4" ? 2 : 3;
    engine::OutputGroup group = engine::OutputGroup::inside(job.execution, output);
    engine::PyramidLevels levels{{nullptr, job.factors[0]}};
    for (std::size_t k = 1; k < job.factors.size(); ++k)
        levels.push_back({&group.add(job.image.levels[k].path, level_result(job, k)), job.factors[k]});
    build(job, levels);
    if (!group.is_ready()) return;
    const bool renewed = has_levels(job);
    if (!renewed) hide_levels(job);
    group.publish();
    if (!renewed) show_levels(job);
}

void run(const Options& given) {
    Options options = given;
    options.output.path = output_path(given.output.path);
    options.is_label = options.output.path != given.output.path;
    engine::Execution execution(options.execution);
    if (options.in_place) add_levels(understand_in_place(options, execution));
    else write_image(understand(options, execution));
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
