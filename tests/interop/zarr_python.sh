#!/bin/bash
# zarr_python.sh STORE_SAMPLES SCRATCH: python3-zarr reads the v2 stores that we write, and we read those that it writes.
set -eu
samples=$1 here=$(cd "$(dirname "$0")" && pwd)
python=/usr/bin/python3
skip() { echo "skipped: interop/zarr_python: $1"; exit 77; }
[ -x $python ] || skip "no $python"
$python -c 'import numpy, zarr; assert zarr.__version__.startswith("2.")' 2> /dev/null || skip "no python3-zarr 2"
stores=$(mktemp -d)
trap 'rm -rf "$stores"' EXIT
"$samples" write-v2 "$stores/levin"
$python "$here/zarr_v2.py" read "$stores/levin"
$python "$here/zarr_v2.py" write "$stores/python"
"$samples" check "$stores/python"
