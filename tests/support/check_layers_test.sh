#!/usr/bin/env bash
# check-layers catches each kind of violation, planted one at a time in a copy of the smallest clean tree.
set -eu
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../scripts" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/lib/levin/{core,kernels,store,formats,engine,cli} "$tree/tools"
for layer in core kernels store formats engine cli; do
    printf '#include "levin/core/dims.hpp"\n// printf("only a comment");\n' >"$tree/lib/levin/$layer/clean.cpp"
done
printf '#include "levin/cli/tool.hpp"\n#include "levin/kernels/fft.hpp"\n' >"$tree/tools/clean.cpp"
"$scripts/check-layers" "$tree" >/dev/null

failures=0
# planted FILE 'line'
planted() {
    printf '%s\n' "$2" >"$tree/$1"
    if "$scripts/check-layers" "$tree" >"$tree/report" 2>&1 || ! grep -q "$1:1" "$tree/report"; then
        echo "not caught: $2 in $1" >&2
        failures=$((failures + 1))
    fi
    rm "$tree/$1"
}
planted lib/levin/core/a.cpp '#include "levin/store/array.hpp"'
planted lib/levin/kernels/a.hpp '#include "levin/store/array.hpp"'
planted lib/levin/store/a.cpp '#include "levin/formats/format.hpp"'
planted lib/levin/formats/a.cpp '#include <levin/store/array.hpp>'
planted lib/levin/engine/a.cpp '#include "levin/kernels/fft.hpp"'
planted lib/levin/engine/a.cpp '#  include "levin/cli/parser.hpp"'
planted lib/levin/cli/a.cpp '#include "levin/kernels/fft.hpp"'
planted lib/levin/cli/a.cpp '#include "parser.hpp"'
planted tools/a.cpp '#include <CLI/CLI.hpp>'
planted lib/levin/formats/npy.cpp '#include <tiffio.h>'
planted lib/levin/formats/tiff.cpp '#include <png.h>'
planted lib/levin/store/writer.cpp '#include <zstd.h>'
planted lib/levin/formats/a.cpp '#include <blosc.h>'
planted lib/levin/engine/a.cpp '#include <fftw3.h>'
planted lib/levin/kernels/a.cpp '#include <omp.h>'
planted lib/levin/kernels/a.cpp '#pragma omp parallel for'
planted lib/levin/store/a.cpp '#include <thread>'
planted lib/levin/kernels/a.cpp '    std::printf("%d", 1);'
planted lib/levin/store/a.cpp 'std::cout << 1;'
planted lib/levin/engine/a.cpp 'fmt::print("x");'
planted lib/levin/store/a.cpp 'std::fputs(text, stderr);'
planted lib/levin/formats/a.cpp 'if (x) std::exit(1);'
[ "$failures" = 0 ] && echo "check-layers catches every planted violation"
exit $((failures != 0))
