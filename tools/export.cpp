// From a store to files: TIFF, NumPy, PNG, HDF5, MATLAB, NIfTI, FITS, raw; one file, or one per index of an axis.
// Pictures get contrast and colours on the way.
#include <fmt/format.h>

#include <cmath>

#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/axis_values.hpp"
#include "levin/engine/execution.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/picture.hpp"
#include "levin/engine/pipes.hpp"
#include "levin/engine/place.hpp"
#include "levin/engine/table.hpp"
#include "levin/formats/format.hpp"
#include "levin/formats/inputs.hpp"
#include "levin/kernels/colormap.hpp"
#include "levin/kernels/select.hpp"
#include "levin/store/array.hpp"

namespace {

using namespace levin;
using kernels::Colormap;

const cli::Manual manual{
    .name = "export",
    .group = "Input and output",
    .summary = "write files: TIFF, NumPy, PNG, HDF5, MATLAB, NIfTI, FITS, raw binary, tables",
    .description =
        {"Writes INPUT to a file, in the format of OUTPUT's extension (.tif .npy .png .h5 .mat .nii .nii.gz .fits .raw "
         "...) "
         "or of FORMAT:path; "
         ".csv gives a table with a row per element. "
         "--split writes one file per index of an axis: out.tif becomes out-0000.tif, "
         "out-0001.tif, ..., or as a %04d in the name says. Spacing goes into TIFF files as ImageJ reads it.",
         "HDF5 files hold one dataset, /data or what follows '::' as in out.h5::/group/name, in chunks, with axes, "
         "spacing, attributes and history; along t it can be extended. "
         "A .mat file holds one variable, data or what --var says, as A(y,x,t); it is of version 5 and up to 2 GiB.",
         "--contrast LOW,HIGH maps these percentiles of all values (NaN left out) to black and white, 8 bits; what "
         "lies outside is cut. --colormap gives colours; labels paints each "
         "number in a colour of its own, negative ones black. PNG pictures of anything but uint8 and uint16 use "
         "--contrast 0,100 unless told otherwise, and an array of up to 64 planes is "
         "laid out side by side."},
    .examples = {{"levin export maxz.zarr maxz.tif", "a TIFF stack"},
                 {"levin export series.zarr npy:- | ./plot.py",
                  "to Python: numpy.load(io.BytesIO(sys.stdin.buffer.read()))"},
                 {"levin export mean.zarr mean.png --contrast 1,99 --colormap magma", "a picture"},
                 {"levin export clusters/labels clusters.png --colormap labels", "a label image in colours"},
                 {"levin export movie.zarr frames/f-%04d.png --split t --contrast 1,99", "a file per time point"}},
    .see_also = {"ingest", "project", "kmeans", "levin-formats(7)"},
};

struct Options {
    engine::InputOptions input;
    engine::ExecutionOptions execution;
    std::string output, split, transpose, compression, variable;
    std::vector<double> contrast;
    std::optional<Colormap> colormap;
};

void declare(cli::Parser& parser, Options& options) {
    cli::add_input(parser, options.input);
    parser.positional(options.output, "OUTPUT", "file to write; npy:- is NumPy's format into a pipe").path();
    parser.option(options.split, "--split", "AXIS", "one file per index of this axis");
    parser.option(options.contrast, "--contrast", "LOW,HIGH", "percentiles that become black and white, e.g. 1,99");
    parser
        .custom("--colormap", "MAP", "colours of a picture",
                [&options](const std::string& text) {
                    const std::vector<std::pair<std::string, Colormap>> maps{{"gray", Colormap::gray},
                                                                             {"viridis", Colormap::viridis},
                                                                             {"magma", Colormap::magma},
                                                                             {"labels", Colormap::labels}};
                    for (const auto& [name, map] : maps)
                        if (name == text) options.colormap = map;
                })
        .one_of({{"gray"}, {"viridis"}, {"magma"}, {"labels", "a colour per number, negative ones black"}});
    parser.option(options.transpose, "--transpose", "AXES",
                  "order of the axes in the file, e.g. yxt (NumPy and raw binary)");
    parser.option(options.compression, "--compression", "NAME", "of TIFF pages (else none) or HDF5 chunks (else gzip)")
        .one_of({{"none"}, {"lzw"}, {"deflate"}, {"packbits"}, {"zstd"}, {"gzip", "HDF5"}});
    parser.option(options.variable, "--var", "NAME", "variable of a .mat file, as OUTPUT::NAME is");
    parser.check([&options] {
        const auto& c = options.contrast;
        if (c.empty()) return;
        if (c.size() != 2 || !(c[0] >= 0 && c[0] < c[1] && c[1] <= 100))
            throw UsageError("--contrast: expected two percentiles such as 1,99");
        if (options.colormap == Colormap::labels)
            throw UsageError("--colormap labels paints numbers as they are; leave out --contrast");
    });
    cli::add_execution(parser, options.execution, cli::ExecutionKind::writing);
    for (const char* name : {"--resume", "--fsync"}) parser.remove(name);
}

constexpr Index many_reads = Index{1} << 32;  // more than a picture is read while it is made

bool is_csv(const std::string& path) { return path.ends_with(".csv"); }

/// A name that ends as stores do, or that of a store: what was meant is another tool.
bool is_store_name(const std::string& path) {
    std::string_view name = path;
    while (name.ends_with('/')) name.remove_suffix(1);
    return formats::by_extension(path) == nullptr && formats::split_prefix(path).format == nullptr &&
           (name.ends_with(".zarr") || store::is_store(path));
}

/// Whether values become bytes between black and white: where asked for, and in a PNG that cannot hold them.
bool is_scaled(const Options& options, DType dtype, bool png) {
    if (options.colormap == Colormap::labels) return false;
    const bool picture = dtype == DType::uint8 || dtype == DType::uint16 || dtype == DType::boolean;
    return !options.contrast.empty() || options.colormap || (png && !picture);
}

/// Refuses what could not work, or would have no effect, before anything is read or written.
void check_request(const Options& options, const ArrayInfo& info, const std::string& name,
                   const std::vector<std::string>& outputs) {
    const std::string& path = outputs.empty() ? options.output : outputs.front();
    if (engine::is_pipe(options.output) && options.execution.force)
        throw UsageError(fmt::format("--force: OUTPUT is {}, a pipe: there is nothing to replace; leave it out", path));
    if (engine::is_pipe(options.output) && !options.split.empty())
        throw UsageError(fmt::format("--split: OUTPUT is {}, a pipe, which carries one array", options.output));
    if (is_csv(path)) {
        if (!options.contrast.empty() || options.colormap || !options.compression.empty())
            throw UsageError("--contrast, --colormap and --compression are not for tables");
        for (const std::string& output : outputs) engine::check_table_path(output, options.execution.force);
        return;
    }
    if (path == "-") throw UsageError("OUTPUT -: levin copy writes an array's stream; export writes npy:- into a pipe");
    if (is_store_name(path))
        throw UsageError(fmt::format("{} would be a Zarr store: levin copy writes stores, export writes files", path));
    const std::string format = formats::output_format(path).name;
    for (const std::string& output : outputs) {
        if (!engine::is_pipe(output)) engine::check_place(output);
        formats::check_output(output, options.execution.force);
    }
    if (!options.compression.empty() && format != "tiff" && format != "hdf5")
        throw UsageError(fmt::format("--compression {}: only TIFF pages and HDF5 chunks are compressed, {} is {}",
                                     options.compression, path, format));
    if (format == "hdf5" && !options.compression.empty() && options.compression != "gzip" &&
        options.compression != "none")
        throw UsageError(fmt::format("--compression {}: HDF5 has gzip and none", options.compression));
    if (!options.transpose.empty() && format != "npy" && format != "raw")
        throw UsageError(fmt::format("--transpose {}: only NumPy and raw binary files keep an order of axes, {} is {}",
                                     options.transpose, path, format));
    if (is_scaled(options, info.dtype, format == "png") && is_complex(info.dtype))
        throw UsageError(fmt::format("{} is {}: a picture needs real numbers, e.g. levin fft --value amplitude", name,
                                     name_of(info.dtype)));
}

/// The order of axes that --transpose asks for.
engine::Source transposed(engine::Source source, const std::string& axes) {
    if (axes.empty()) return source;
    const ArrayInfo& info = source->info();
    std::vector<std::size_t> order;
    for (const Axis& axis : axes_from_letters(axes)) order.push_back(require_axis(info.axes, axis.name));
    if (order.size() != info.rank())
        throw UsageError(fmt::format("--transpose {}: name every axis of {} once", axes, letters(info.axes)));
    return engine::permute(std::move(source), order);
}

/// The values that become black and white.
std::pair<double, double> find_contrast(engine::Execution& execution, const ArraySource& source,
                                        const std::vector<double>& percentiles) {
    const ArrayInfo& info = source.info();
    // Exact where the values fit; else every n-th index of the first axis, which is said.
    const std::size_t room = execution.budget() / 4;
    const Index every =
        info.rank()
            ? std::max<Index>(1, static_cast<Index>(std::ceil(static_cast<double>(info.bytes()) /
                                                              static_cast<double>(std::max<std::size_t>(1, room)))))
            : 1;
    engine::Source part = engine::borrow(source);
    if (every > 1) {
        if (every > info.shape[0])
            execution.refuse_memory("--contrast", info.bytes() * 4 / static_cast<std::size_t>(info.shape[0]),
                                    "give more --memory or select a part");
        execution.progress().note(fmt::format(
            "--contrast looks at every {}. index of axis {}, which is what --memory holds", every, info.axes[0].name));
        std::vector<engine::AxisRange> ranges;
        for (std::size_t i = 0; i < info.rank(); ++i)
            ranges.push_back({0, i ? info.shape[i] : ceil_div(info.shape[0], every), i ? 1 : every, false});
        part = engine::select(std::move(part), ranges);
    }
    OwnedArray values(info.dtype, part->info().shape);
    part->read(Region::whole(values.view.shape), values.view);
    OwnedArray found(compute_dtype(info.dtype), {2, 1}), limits(DType::float64, {2, 1});
    Buffer scratch;
    kernels::percentiles(contiguous(std::as_const(values.buffer).data(), info.dtype, {values.view.count(), 1}),
                         percentiles, found.view, scratch);
    convert(found.view, limits.view);
    return {limits.view.as<double>()[0], limits.view.as<double>()[1]};
}

engine::Source scaled(const Options& options, engine::Execution& execution, engine::Source source) {
    const auto [low, high] =
        find_contrast(execution, *source, options.contrast.empty() ? std::vector<double>{0, 100} : options.contrast);
    return engine::map_elements(std::move(source), DType::uint8,
                                [low = low, high = high](const ConstView& in, const View& out) {
                                    kernels::scale_to_bytes(in, low, high, out);
                                });
}

/// out.tif -> out-0007.tif, or %04d in the name.
std::string numbered(const std::string& path, Index number) {
    const std::size_t name_begin = path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1;  // not in a folder's
    if (const std::size_t percent = path.find('%', name_begin); percent != std::string::npos) {
        const std::size_t d = path.find('d', percent);
        const std::string width = d == std::string::npos ? "x" : path.substr(percent + 1, d - percent - 1);
        if (width.find_first_not_of("0123456789") != std::string::npos || width.size() > 2)
            throw UsageError(fmt::format("OUTPUT {}: expected a number such as %04d", path));
        const int digits = width.empty() ? 0 : std::stoi(width);
        return fmt::format("{}{:0{}}{}", path.substr(0, percent), number, digits, path.substr(d + 1));
    }
    if (const std::size_t mark = path.find("::"); mark != std::string::npos)  // what follows is in the file
        return numbered(path.substr(0, mark), number) + path.substr(mark);
    const std::string extension = formats::extension_of(path);
    return fmt::format("{}-{:04}{}", path.substr(0, path.size() - extension.size()), number, extension);
}

/// `last`: nothing is read after.
void export_one(const Options& options, engine::Execution& execution, engine::Source source, const std::string& path,
                bool last) {
    const bool has_channels = find_axis(source->info().axes, "c") && source->info().rank() == 3;
    if (formats::output_format(path).name == "png" && !has_channels)
        source = engine::montage(execution, std::move(source));
    if (options.colormap && *options.colormap != Colormap::gray)
        source = engine::color_picture(
            execution, std::move(source),
            [map = *options.colormap](const ConstView& in, const View& out) { kernels::colorize(in, map, out); },
            options.colormap == Colormap::labels);
    formats::WriteOptions how;
    how.force = options.execution.force;
    how.compression = options.compression;
    how.stop = execution.stop();
    how.memory = std::min(how.memory, execution.budget() / 2);
    if (last) how.before_publishing = [&] { execution.check_inputs(); };
    if (engine::is_pipe(path)) how.pipe = engine::pipe_output(execution);
    formats::write(*source, path, how);
}

/// One row per element: indices, positions where the axes have a spacing, the value.
void export_table(const Options& options, engine::Execution& execution, const ArraySource& source,
                  const std::string& path, bool last) {
    const ArrayInfo& info = source.info();
    const std::size_t needed = byte_count(info.shape, info.element_size() + 16 * info.rank());
    if (needed > execution.budget())
        execution.refuse_memory("a table of " + to_string(info.shape), execution.memory() - execution.budget() + needed,
                                "select a part, or write .npy");
    OwnedArray values(info.dtype, info.shape);
    source.read(Region::whole(info.shape), values.view);
    const engine::IndexColumns index(info.shape, info.axes);
    std::vector<engine::Column> columns = index.columns();
    columns.push_back({"value", values.view});
    if (last) execution.check_inputs();
    engine::write_csv(path, columns, options.execution.force);
}

/// Index `i` of an axis.
engine::Source one_of(const ArraySource& source, std::size_t axis, Index i) {
    std::vector<engine::AxisRange> ranges;
    for (const Index n : source.info().shape) ranges.push_back({0, n, 1, false});
    ranges[axis] = {i, 1, 1, true};
    return engine::select(engine::borrow(source), ranges);
}

/// OUTPUT with the name of --var.
std::string output_of(const Options& options) {
    if (options.variable.empty()) return options.output;
    const bool is_mat = !is_csv(options.output) && formats::output_format(options.output).name == "mat";
    if (!is_mat || !formats::split_prefix(options.output).dataset.empty())
        throw UsageError(fmt::format("--var {}: OUTPUT {} is no .mat file without a name of its own", options.variable,
                                     options.output));
    return options.output + "::" + options.variable;
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    engine::Source input = transposed(engine::open_input(execution, options.input), options.transpose);
    const ArrayInfo info = input->info();
    std::vector<std::string> outputs{output_of(options)};
    std::size_t axis = 0;
    if (!options.split.empty()) {
        const auto axes = engine::axis_list(options.split, "--split", info.axes);
        if (axes.size() != 1) throw UsageError(fmt::format("--split {}: expected one axis", options.split));
        axis = axes.front();
        outputs.clear();
        for (Index i = 0; i < info.shape[axis]; ++i) outputs.push_back(numbered(output_of(options), i));
    }
    check_request(options, info, input->name(), outputs);
    const auto part = [&](std::size_t i) {
        return options.split.empty() ? engine::borrow(*input) : one_of(*input, axis, static_cast<Index>(i));
    };
    if (options.execution.dry_run) {
        std::string text = fmt::format("input    {}: {} {} {}\n", input->name(), letters(info.axes),
                                       to_string(info.shape), name_of(info.dtype));
        for (std::size_t i = 0; i < outputs.size(); ++i)
            text += fmt::format("output   {}: {}\n", outputs[i], to_string(part(i)->info().shape));
        return execution.print_result(text);
    }
    // One contrast for all files of a --split, as for all planes of a picture.
    const bool png = !is_csv(options.output) && formats::output_format(options.output).name == "png";
    if (!outputs.empty() && is_scaled(options, info.dtype, png)) input = scaled(options, execution, std::move(input));
    // Of an input that comes once, each file's part stays until that file is written.
    const auto hold = [&](std::size_t i, Index times) {
        if (!options.split.empty()) part(i)->expect(Region::whole(part(i)->info().shape), times);
    };
    for (std::size_t i = 0; i < outputs.size(); ++i) hold(i, many_reads);
    execution.progress().start(static_cast<Index>(outputs.size()));
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        execution.stop().check();
        const bool last = i + 1 == outputs.size();
        const engine::Timed writing(execution.progress(), engine::Stage::write);  // what is written is read on the way
        if (is_csv(outputs[i])) export_table(options, execution, *part(i), outputs[i], last);
        else export_one(options, execution, part(i), outputs[i], last);
        hold(i, -many_reads);
        execution.progress().add_read(byte_count(part(i)->info().shape, size_of(info.dtype)));
        execution.progress().add_written(engine::is_pipe(outputs[i]) ? part(i)->info().bytes()
                                                                     : formats::written_bytes(outputs[i]));
        execution.progress().advance();
    }
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
