/// The options that every tool shares, under the names and with the meaning of the command-line contract. A tool that
/// cannot honour one takes it back: parser.remove("--dtype").
#pragma once
#include <string>
#include <vector>

#include "levin/cli/parser.hpp"
#include "levin/engine/options.hpp"

namespace levin::cli {

/// The argument INPUT and add_input_options.
void add_input(Parser& parser, engine::InputOptions& options, const std::string& help = "array to read; - is a pipe");
/// --select --axes --spacing --level --missing --no-trailer, and for headerless input --shape --input-dtype --order
/// --skip, for some formats --raw and --row-offset.
void add_input_options(Parser& parser, engine::InputOptions& options);
/// --mask, for tools in which pixels matter.
void add_mask(Parser& parser, engine::InputOptions& options);
/// How many files become one array: --along --pages --start --stop --step --recursive --natural-sort --discard-extra.
void add_ingest(Parser& parser, formats::ReadOptions& options);

/// The argument OUTPUT and add_output_options.
void add_output(Parser& parser, engine::OutputOptions& options,
                const std::string& help = "store to write; - is a pipe");
/// --chunks --shards --codec --dtype --clip --zarr-format --write-fill.
void add_output_options(Parser& parser, engine::OutputOptions& options);

enum class ExecutionKind {
    shared,   ///< writes a store, of which --part does a part
    writing,  ///< writes in one piece: without --part and --create-only
    reading   ///< nor --resume, --force, --fsync and --dry-run
};
/// --threads --memory --part --create-only --resume --force --fsync --dry-run, and what is said meanwhile: --quiet
/// --verbose --progress --log-json. After parsing options.tool and options.arguments are set, for the history.
void add_execution(Parser& parser, engine::ExecutionOptions& options, ExecutionKind kind = ExecutionKind::shared);

}  // namespace levin::cli
