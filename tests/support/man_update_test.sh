#!/usr/bin/env bash
# man-update keeps the version in the pages written by hand, too: man_update_test.sh BIN_FOLDER
set -eu
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir "$tree/scripts" "$tree/tools"
cp "$source/scripts/man-update" "$tree/scripts/"
cp "$source/tools/CMakeLists.txt" "$tree/tools/"
cp -r "$source/man" "$tree/"
update() { bash "$tree/scripts/man-update" "$@"; }
update --check "$1" >/dev/null
for page in levin.1 levin-array.5 levin-formats.7 levin-remote.7 levin-fft.1; do
    sed -i '1s/"levin [0-9.]*"/"levin 0.0.1"/' "$tree/man/$page"
    if update --check "$1" >"$tree/said" 2>&1 || ! grep -q "stale: $page;" "$tree/said"; then
        echo "a stale version in $page is not noticed: $(cat "$tree/said")" >&2
        exit 1
    fi
    update "$1" >/dev/null
    cmp "$tree/man/$page" "$source/man/$page"
done
echo "man-update keeps every version current"
