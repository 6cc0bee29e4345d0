#!/bin/bash
# zarrita.sh STORE_SAMPLES SCRATCH: npm's zarrita reads the v3 stores that we write, and the values agree.
set -eu
samples=$1 scratch=$2 here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "skipped: interop/zarrita: $1"; exit 77; }
command -v node > /dev/null || skip "no node"
command -v npm > /dev/null || skip "no npm"
mkdir -p "$scratch/node"
cp "$here"/package.json "$here"/package-lock.json "$here"/read_zarrita.mjs "$scratch/node"
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
