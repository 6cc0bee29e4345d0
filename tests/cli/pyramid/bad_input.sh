# What cannot be is refused by name, before anything is written.
levin-synth random -q in.zarr --shape t=3,y=40,x=50
expect_error 2 'only z, y and x are reduced, .t. is not' levin-pyramid in.zarr out.zarr --factor t=2
expect_error 2 "no axis 'z': the axes are tyx" levin-pyramid in.zarr out.zarr --factor z=2
expect_error 2 'expected an integer of at least 1' levin-pyramid in.zarr out.zarr --factor y=0
expect_error 2 '17 is more than 16' levin-pyramid in.zarr out.zarr --factor y=17
expect_error 2 'every level would be as large as the first' levin-pyramid in.zarr out.zarr --factor y=1
expect_error 2 'levels 9: level 6 is \(3, 1, 1\) already, with nothing left' levin-pyramid in.zarr out.zarr --levels 9
expect_error 2 'levels -1: must be at least 0' levin-pyramid in.zarr out.zarr --levels -1
expect_error 2 'levels.*many' levin-pyramid in.zarr out.zarr --levels many
expect_error 2 'method.*median' levin-pyramid in.zarr out.zarr --method median
expect_error 2 'ome-version.*0.6' levin-pyramid in.zarr out.zarr --ome-version 0.6
expect_error 2 'pyramid gives several arrays, a pipe carries one' levin-pyramid in.zarr -
expect_error 2 'several results need a Zarr group' levin-pyramid in.zarr out.tif
expect_error 2 "axes ty: there is no x; an OME-Zarr image has y and x" levin-pyramid 'in.zarr[x=0]' out.zarr
expect_error 2 'shards need Zarr format 3' levin-pyramid in.zarr out.zarr --ome-version 0.4 --shards y=40
levin-kmeans -q in.zarr clusters --clusters 2 >/dev/null
expect_error 2 'axes kt: there is no y' levin-pyramid clusters/centroids out.zarr
levin-fft -q in.zarr complex.zarr --value complex
expect_error 2 'complex64, which has no mean; --method nearest takes' levin-pyramid complex.zarr out.zarr
expect_exit 0 levin-pyramid complex.zarr frequencies.zarr --method nearest --levels 1
expect_output '"type": "frequency"' cat frequencies.zarr/zarr.json
levin-copy -q in.zarr mask.zarr --dtype bool
expect_error 2 'mask.zarr is bool, which has no mean; .*mode the value that is most frequent' levin-pyramid mask.zarr out.zarr --method mean
expect_exit 0 levin-pyramid mask.zarr masks.zarr
expect_output '"type": "mode"' cat masks.zarr/zarr.json
# Chunks that lie across those of the input, in little memory.
levin-synth random -q series.zarr --shape t=64,y=512,x=512 --chunks t=64,y=16,x=16
expect_error 1 'one unit of every level needs .* of memory' levin-pyramid series.zarr out.zarr --chunks t=64,y=512,x=512 --memory 30M -j 1
expect_exit 0 levin-pyramid series.zarr out2.zarr --chunks t=1,y=512,x=512 --memory 30M -j 1
grep -q 'the input is decoded [0-9.]* times over: its chunks (64, 16, 16) lie across those of the output (1, 512, 512)' "$stderr" ||
    { show_output; fail "no word of what it costs"; }
# A pipe brings everything once.
expect_exit 0 bash -c 'levin-copy -q series.zarr - --chunks t=4 | levin-pyramid - piped.zarr --chunks t=1,y=512,x=512'
same_values out2.zarr piped.zarr
