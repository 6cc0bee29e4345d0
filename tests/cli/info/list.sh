# --list: what is in an HDF5 file, and what levin makes of the layouts of MATLAB, NWB, BigDataViewer and Imaris.
need_python h5py numpy
"$PY" - <<'END'
import h5py, numpy as np
rng = np.random.default_rng(1)
a = rng.integers(0, 60000, (4, 5, 6)).astype("u2")
np.save("a.npy", a)
with h5py.File("recording.nwb", "w") as f:
    f.attrs["nwb_version"] = "2.5.0"
    series = f.create_group("acquisition/TwoPhotonSeries")
    series.attrs["neurodata_type"] = "TwoPhotonSeries"
    series["data"] = a  # frame, x, y
    series["data"].attrs["unit"] = "n.a."
    series["starting_time"] = 0.0
    series["starting_time"].attrs["rate"] = 20.0
    plane = f.create_group("general/optophysiology/plane")
    plane["grid_spacing"] = [5e-7, 6.5e-7]
    plane["grid_spacing"].attrs["unit"] = "meters"
    series["imaging_plane"] = h5py.SoftLink("/general/optophysiology/plane")
    f["processing/masks"] = np.zeros((3, 5, 6), "u1")
    f["session_description"] = "mouse"
with h5py.File("bdv.h5", "w") as f:
    f["t00000/s00/0/cells"] = a.view("i2")
    f["t00001/s00/0/cells"] = a.view("i2")
    f["s00/resolutions"] = [[1.0, 1, 1]]
def letters(text): return np.array([c.encode() for c in text], "S1")
with h5py.File("imaris.ims", "w") as f:
    channel = f.create_group("DataSet/ResolutionLevel 0/TimePoint 0/Channel 0")
    channel.create_dataset("Data", data=np.pad(a, ((0, 4), (0, 3), (0, 2))), chunks=(4, 4, 4))
    for name, size in zip("ZYX", a.shape): channel.attrs["ImageSize" + name] = letters(str(size))
    image = f.create_group("DataSetInfo/Image")
    for i, (low, high) in enumerate([("-1.5", "1.5"), ("0", "2.5"), ("10", "18")]):
        image.attrs[f"ExtMin{i}"], image.attrs[f"ExtMax{i}"] = letters(low), letters(high)
    image.attrs["Unit"] = letters("um")
    f["DataSetInfo/notes"] = np.zeros((2, 2), "u1")
# A(row, column, frame) of MATLAB, as version 7.3 stores it.
with h5py.File("matlab.mat", "w", userblock_size=512) as f:
    def put(name, kind, data, **how):
        f.create_dataset(name, data=data, **how).attrs["MATLAB_class"] = np.bytes_(kind)
    put("A", "uint16", a, chunks=(1, 5, 6), compression="gzip")
    put("mask", "logical", (a > 30000).astype("u1"))
    put("z", "double", np.array([(1.5, -2)] * 4, [("real", "f8"), ("imag", "f8")]).reshape(2, 2))
    put("name", "char", np.array([[104], [105]], "u2"))
    put("s/field", "single", np.arange(6, dtype="f4").reshape(2, 3))
    put("nothing", "double", np.array([0, 0], "u8"))
    f["nothing"].attrs["MATLAB_empty"] = np.uint8(1)
    f["#refs#/b"] = np.zeros((2, 2))
with open("matlab.mat", "r+b") as f: f.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(116) + bytes(8) + b"\0\2IM")
with h5py.File("labels.h5", "w") as f:
    d = f.create_dataset("volume", data=a)
    for axis, label in zip(d.dims, ("Time", "row", "column")): axis.label = label
    d.attrs["who"], d.attrs["gain"], d.attrs["days"] = "me", 2.5, [1, 2]
    d.attrs["strange"] = b"\xff\xfe"
    f["fiji"] = np.zeros((2, 3, 4), "u1")
    f["fiji"].attrs["element_size_um"] = [2, 0.5, 0.5]
    f["esc\x1b[2Jape"] = 1
END
nwb=recording.nwb::/acquisition/TwoPhotonSeries/data
expect_output '^recording.nwb: 5 datasets$' levin-info --list recording.nwb
expect_output '^  /acquisition/TwoPhotonSeries/data +\(4, 5, 6\) +uint16 +NWB TwoPhotonSeries$' levin-info --list recording.nwb
expect_output '^  /session_description +\(\) +string +not an array of numbers$' levin-info --list recording.nwb
# The series is what the file stands for; x before y becomes y before x.
expect_output '^recording.nwb: \(t 4, y 6, x 5\) uint16' levin-info recording.nwb
expect_output 'spacing +t 0.05 s, y 0.65 um, x 0.5 um$' levin-info $nwb
expect_output '^bdv.h5: 3 datasets$' levin-info --list bdv.h5
expect_output '/t00001/s00/0/cells +\(4, 5, 6\) +int16 +BigDataViewer: time point 00001, setup 00, level 0; int16 stands for uint16' levin-info --list bdv.h5
expect_output '\(z 4, y 5, x 6\) uint16' levin-info bdv.h5::/t00000/s00/0/cells
expect_output 'Channel 0/Data +\(8, 8, 8\) +uint16 +Imaris: ResolutionLevel 0, TimePoint 0, Channel 0; Z padded; Y padded; X padded' levin-info --list imaris.ims
ims='imaris.ims::DataSet/ResolutionLevel 0/TimePoint 0/Channel 0/Data'
expect_output '\(z 4, y 5, x 6\) uint16' levin-info "$ims"
expect_output 'spacing +z 2 um, y 0.5 um, x 0.5 um' levin-info "$ims"
expect_output '^  /A +\(4, 5, 6\) +uint16 +MATLAB uint16 \(6, 5, 4\), read as \(..., y, x\)' levin-info --list matlab.mat
expect_output '^  /name .*MATLAB.s class char, not an array of numbers' levin-info --list matlab.mat
expect_output '^  /nothing .* empty' levin-info --list matlab.mat
! grep -q refs "$stdout" || fail "what MATLAB keeps for itself is listed"
expect_output '\(t 4, y 6, x 5\) uint16' levin-info matlab.mat::A --axes tyx
expect_output '\(y 3, x 2\) float32' levin-info matlab.mat::/s/field
expect_output '\(y 2, x 2\) complex128' levin-info matlab.mat::z
expect_output '\(t 4, y 6, x 5\) bool' levin-info matlab.mat::mask --axes tyx
expect_output '\(t 4, y 5, x 6\) uint16' levin-info labels.h5::volume
expect_output '\(z 2, y 3, x 4\) uint8' levin-info labels.h5::fiji
expect_output 'spacing +z 2 um, y 0.5 um, x 0.5 um' levin-info labels.h5::fiji
expect_output '/esc\?\[2Jape' levin-info --list labels.h5
levin-export -q $nwb nwb.npy
levin-export -q bdv.h5::/t00001/s00/0/cells bdv.npy
levin-export -q "$ims" ims.npy
levin-export -q matlab.mat::A matlab.npy --axes tyx
levin-export -q matlab.mat::mask mask.npy --axes tyx
levin-ingest -q labels.h5::volume labels.zarr
expect_exit 0 levin-info --list matlab.mat --json
"$PY" - "$stdout" <<'END'
import json, numpy as np, sys
a = np.load("a.npy")
for name in "bdv", "ims": assert np.array_equal(np.load(name + ".npy"), a), name
for name in "nwb", "matlab": assert np.array_equal(np.load(name + ".npy"), a.transpose(0, 2, 1)), name
assert np.array_equal(np.load("mask.npy"), a.transpose(0, 2, 1) > 30000)
kept = json.load(open("labels.zarr/zarr.json"))["attributes"]
assert kept["who"] == "me" and kept["gain"] == 2.5 and kept["days"] == [1, 2], kept
listed = {d["name"]: d for d in json.load(open(sys.argv[1]))["datasets"]}
assert listed["/A"]["shape"] == [4, 5, 6] and listed["/A"]["dtype"] == "uint16" and "MATLAB" in listed["/A"]["note"]
END
expect_error 1 "MATLAB's class char" levin-info matlab.mat::name
expect_error 1 'several datasets; choose one' levin-info matlab.mat
expect_error 2 'a.npy: a file of format npy holds one array' levin-info --list a.npy
expect_error 2 'leave out --stats' levin-info --list bdv.h5 --stats
expect_error 1 'nothere.h5' levin-info --list nothere.h5
