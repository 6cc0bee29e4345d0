# --channels: names, colours and contrast of channels, valid in both versions; what is no channel is refused.
need_python numpy jsonschema
npy a.npy 'rng.integers(0, 4000, (2, 300, 20)).astype(np.uint16)'
levin-ingest -q a.npy in.zarr --axes cyx
levin-copy -q in.zarr float.zarr --dtype float32
schemas=$SOURCE/../shared/formats/ngff
for version in 0.4 0.5; do
    expect_exit 0 levin-pyramid in.zarr a$version.zarr --ome-version $version --channels GCaMP:00ff00:100:4000,RFP
    expect_exit 0 levin-pyramid float.zarr b$version.zarr --ome-version $version --channels a:FF0000:-0.5:1.5,b:00FF00:0:1
    [ ! -d "$schemas" ] || for image in a b; do
        "$PY" "$SOURCE/tests/support/ngff.py" "$schemas/$version" $image$version.zarr image strict_image >&2 || fail "$image$version.zarr"
    done
done
expect_exit 0 levin-pyramid float.zarr c.zarr --channels a,b
expect_exit 0 levin-pyramid 'a0.5.zarr[c=0]' d.zarr --channels one
"$PY" - <<'END_OF_PYTHON'
from ngff import attributes
window = lambda low, high, start, end: dict(min=low, max=high, start=start, end=end)
for version in "0.4", "0.5":
    def channels(store):
        a = attributes(store)
        return [(c["label"], c["color"], c.get("window")) for c in a.get("ome", a)["omero"]["channels"]]
    assert channels(f"a{version}.zarr") == [("GCaMP", "00ff00", window(0, 65535, 100, 4000)), ("RFP", "FF0000", window(0, 65535, 0, 65535))]
    assert channels(f"b{version}.zarr")[0] == ("a", "FF0000", window(-0.5, 1.5, -0.5, 1.5))
assert channels("c.zarr") == [("a", "00FF00", None), ("b", "FF0000", None)] and channels("d.zarr") == [("one", "FFFFFF", window(0, 65535, 0, 65535))]
END_OF_PYTHON
expect_output '0: GCaMP #00ff00, 100 to 4000' levin-info a0.5.zarr
expect_error 2 'channels names 1, the result has 2' levin-pyramid in.zarr out.zarr --channels GCaMP
expect_error 2 "'green' is no colour in six hexadecimal digits" levin-pyramid in.zarr out.zarr --channels GCaMP:green,RFP
expect_error 2 'a colon too few or too many' levin-pyramid in.zarr out.zarr --channels GCaMP:00ff00:1,RFP
expect_error 2 "'5' and '2' are no numbers of which the first is less" levin-pyramid in.zarr out.zarr --channels GCaMP:00ff00:5:2,RFP
expect_error 2 'float32 has no range of its own, and OME-Zarr 0.4 wants one' levin-pyramid float.zarr out.zarr --channels a,b --ome-version 0.4
expect_error 2 'leave out --channels' levin-pyramid a0.5.zarr --in-place --channels a,b
