# What info says of files, groups, stores with shards, of Zarr v2, and of stores in progress.
npy a.npy 'np.zeros((3, 4, 5), "u2")'
expect_output 'a.npy: \(\? 3, \? 4, \? 5\) uint16' levin-info a.npy
expect_output 'a.npy: \(z 3, y 4, x 5\) uint16' levin-info a.npy --axes zyx
levin-synth -q random a.zarr --shape t=20,y=16,x=16 --chunks t=5 --shards t=10
expect_output 'chunks +\(5, 16, 16\) in shards \(10, 16, 16\)' levin-info a.zarr
expect_output 'files +2 of 2 stored' levin-info a.zarr
levin-copy -q a.zarr v2.zarr --zarr-format 2 --codec blosc
expect_output 'Zarr v2' levin-info v2.zarr
grep -q 'codecs .*blosc' "$stdout" || { show_output; fail "no blosc"; }
levin-ingest -q a.npy zeros.zarr --axes tyx --spacing x=0.65um,t=2s
expect_output 'files +0 of 1 stored' levin-info zeros.zarr
expect_output 'spacing +t 2 s, x 0.65 um' levin-info zeros.zarr
expect_output 'history +ingest a.npy --axes tyx --spacing x=0.65um,t=2s' levin-info zeros.zarr
levin-toseries -q a.zarr series.zarr --block y=8,x=8
expect_output 'series layout' levin-info series.zarr
# A small frame with all of its time points in one chunk is both.
expect_output 'zeros.zarr: .* images layout, each chunk with whole series$' levin-info zeros.zarr
expect_output 'a.zarr: .* images layout$' levin-info a.zarr
expect_output '"whole_series": true' levin-info zeros.zarr --json
# Of a selection nothing is stored on its own.
expect_output 'size +1.0 KiB raw, .* stored for the whole array$' levin-info 'a.zarr[t=3]'
expect_error 1 'standard input: nothing came' levin-info -

levin-kmeans -q a.zarr group --clusters 2 >/dev/null
expect_output '^group: group of 3 arrays' levin-info group
for member in centroids distance labels; do grep -q "^group/$member: (" "$stdout" || fail "no $member"; done
expect_exit 0 levin-info group --json
"$PY" -c "
import json
g = json.load(open('$stdout'))
assert g['path'] == 'group' and [a['path'] for a in g['arrays']] == ['group/centroids', 'group/distance', 'group/labels']"

# A store in progress: its metadata waits in __levin.
levin-synth -q random part.zarr --shape t=40,y=8,x=8 --chunks t=10 --create-only 2>/dev/null || {
    mkdir -p part.zarr/__levin
    cp a.zarr/zarr.json part.zarr/__levin/
}
expect_exit 0 levin-info part.zarr
grep -q 'in progress' "$stdout" || { show_output; fail "not in progress"; }
expect_error 1 'part.zarr is not finished' levin-copy part.zarr out.zarr

expect_error 1 'nothere: no such file' levin-info nothere
mkdir empty
expect_error 1 'empty: ' levin-info empty
echo 'not an array' >text
expect_error 1 'text: not a file of a known format' levin-info text
: >nothing.tif
expect_error 1 'nothing.tif: the file is empty' levin-info nothing.tif
expect_error 75 'standard output: No space left' bash -c 'levin-info a.zarr >/dev/full'
