#!/usr/bin/env bash
# The zebrafish workflow with GNU parallel, every step in parts: examples/workflow/parallel.sh fish.zarr [PARTS] [OPTIONS OF PARALLEL...]
#
# Nodes that share the folder: give --sshlogin node1,node2 --workdir . after the number of parts. A part that fails with a system's
# error (75) is tried again; a part may run twice without harm, since what it writes is the same.
set -euo pipefail
movie=$1 parts=${2:-4}
shift; shift || true

# step STORE COMMAND...: the command in parts; the last one that ends makes STORE visible, and check is for file systems
# that show late what other nodes wrote.
step() {
    local store=$1
    shift
    if [ -e "$store/zarr.json" ]; then return; fi
    all_parts "$@"
    levin check -q "$store" --publish
}

# rounds STORE COMMAND...: each part looks at its own pixels, --merge ends the round; 75 means that another one comes.
rounds() {
    local store=$1 status=75
    shift
    if [ -e "$store/zarr.json" ]; then return; fi
    while [ $status = 75 ]; do
        all_parts "$@"
        status=0
        "$@" --merge -q || status=$?
    done
    return $status
}

all_parts() {
    seq "$parts" | parallel --will-cite --retries 3 --halt soon,fail=1 "${options[@]}" "$* --part {}/$parts -j 1 -q"
}

options=("$@")
step clean.zarr levin filter median "$movie" clean.zarr --size z=1,y=3,x=3 --chunks t=4
step series.zarr levin toseries clean.zarr series.zarr --block y=32,x=32
step flat.zarr levin detrend series.zarr flat.zarr
step power.zarr levin fft flat.zarr power.zarr --value power
step dff.zarr levin dff series.zarr dff.zarr --baseline percentile:20 --offset 0.1
rounds clusters levin kmeans dff.zarr clusters --clusters 5 --seed 1
