// Many files to one store: the formats layer presents them as one array, the engine rechunks it.
#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/map.hpp"

namespace {

using namespace levin;

const cli::Manual manual{
    .name = "ingest",
    .group = "Input and output",
    .summary = "turn files into one chunked store",
    .description =
        {"Reads TIFF, HDF5, MATLAB, NumPy, PNG, NIfTI, FITS, DCIMG, tables as text, raw binary and Thunder recordings, "
         "by content, then by "
         "extension; "
         "FORMAT:path forces a format. A folder, a glob or several files are one array: "
         "the files follow one another along t (--along), the pages of a file are z unless --pages says otherwise, in "
         "natural order (2 before 10). All files must agree in shape and "
         "data type; the first that does not is named.",
         "--axes names the axes where the files do not, --spacing their spacing. Headerless input needs --shape (axes "
         "in storage order, slowest first) and --input-dtype; "
         "--skip leaves out a key before each record. The store has its axes in OME order (t c z y x) all the same.",
         "A file of several arrays is followed by the name of one, as in file.h5::/path; levin info --list FILE shows "
         "them. NWB, BigDataViewer, Imaris and MATLAB 7.3 files are HDF5; of an NWB file the only series of "
         "acquisition "
         "is read unless told. MATLAB's A(row,column,frame) is read as (frame, y, x), from version 5 files too.",
         "Chunks hold whole frames, about 8 MiB; values and data type do not change unless --dtype says so."},
    .examples = {{"levin ingest fish_tif fish.zarr --axes tzyx --spacing t=0.5s",
                  "a folder of TIFF files, one per time point"},
                 {"levin ingest 'frames/*.png' movie.zarr --axes tyx", "a glob"},
                 {"levin ingest raw:fish_series.bin fish.zarr --shape z=2,x=87,y=76,t=240 --input-dtype uint8 --skip 6",
                  "records of a 6-byte key and 240 samples"}},
    .see_also = {"export", "toseries", "info", "levin-array(5)", "levin-formats(7)"},
};

struct Options {
    engine::InputOptions input;
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
    std::vector<std::string> paths;
};

void declare(cli::Parser& parser, Options& options) {
    parser.positional_list(options.paths, "INPUT", "files, folders or globs").path();
    cli::add_input_options(parser, options.input);
    cli::add_ingest(parser, options.input.read);
    cli::add_output(parser, options.output);
    cli::add_execution(parser, options.execution);
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    const engine::Source input = engine::open_inputs(execution, options.paths, options.input);
    engine::ResultInfo result = engine::result_like(input->info(), input->info().dtype);
    result.layout = engine::Layout::images;
    engine::write_rechunked(execution, *input, options.output, result);
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
