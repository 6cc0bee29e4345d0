#!/bin/bash
# zarrita.sh STORE_SAMPLES SCRATCH BIN: npm's zarrita reads the v3 stores and images that we write, and the values agree.
set -eu
samples=$1 scratch=$2 bin=$3 here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "skipped: interop/zarrita: $1"; exit 77; }
command -v node > /dev/null || skip "no node"
command -v npm > /dev/null || skip "no npm"
mkdir -p "$scratch/node"
cp "$here"/package.json "$here"/package-lock.json "$here"/read_zarrita.mjs "$here"/read_pyramid.mjs "$scratch/node"
cd "$scratch/node"
if [ ! -d node_modules/zarrita ] && ! npm ci --no-audit --no-fund > npm.log 2>&1; then
    cat npm.log
    [ -z "${CI:-}" ] || exit 1
    skip "npm cannot install zarrita"
fi
stores=$(mktemp -d)
trap 'rm -rf "$stores"' EXIT
"$samples" write-v3 "$stores"
node read_zarrita.mjs "$stores"

# An image with levels, some of them in shards; the values in raw files go by another way than the levels' chunks.
"$bin/levin-synth" fish "$stores/fish.zarr" --shape t=3,z=2,y=700,x=900 --chunks t=1,z=1,y=128,x=128 -q
"$bin/levin-pyramid" "$stores/fish.zarr" "$stores/image.zarr" --shards y=512,x=512 -q
for level in 0 1 2; do "$bin/levin-export" "$stores/image.zarr/$level" "$stores/$level.raw" -q; done
node read_pyramid.mjs "$stores/image.zarr" "$stores/"
