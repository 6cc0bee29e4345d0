# HDF5 that h5py wrote: every type, layout and filter that levin reads gives its values; the others are refused by name.
need_python h5py numpy
"$PY" - <<'END'
import h5py, numpy as np
rng = np.random.default_rng(1)
readable = {}
with h5py.File("a.h5", "w") as f:
    def put(name, a, **how):
        f.create_dataset(name, data=a, **how)
        readable[name] = a
    for code in "u1 u2 u4 u8 i1 i2 i4 i8 f2 f4 f8 c8 c16".split():
        for order in "<>":
            a = rng.normal(size=(3, 4, 5)) * 30
            a = (a + 1j * a[::-1] if code[0] == "c" else np.abs(a)).astype(order + code)
            put(f"types/{code}{'le' if order == '<' else 'be'}", a)
            put(f"types/{code}{'le' if order == '<' else 'be'}-chunks", a, chunks=(2, 3, 5), compression="gzip", shuffle=True)
    put("types/bool", rng.integers(0, 2, (3, 4, 5)).astype(bool))
    a = rng.integers(0, 5000, (7, 3, 50, 61)).astype("u2")
    chunks = dict(chunks=(2, 2, 16, 20))
    put("chunks/plain", a, **chunks)
    put("chunks/gzip", a, compression="gzip", **chunks)
    put("chunks/shuffle", a, shuffle=True, **chunks)
    put("chunks/checked", a, fletcher32=True, **chunks)
    put("chunks/all", a, compression="gzip", shuffle=True, fletcher32=True, **chunks)
    put("chunks/odd", a[..., :61:2].astype("u1"), chunks=(1, 1, 7, 9), compression="gzip", fletcher32=True)
    put("chunks/scaled", a, scaleoffset=True, **chunks)
    put("chunks/scaled-gzip", a, scaleoffset=True, compression="gzip", **chunks)
    put("chunks/wide", a, chunks=(7, 3, 50, 61), compression="gzip")
    if h5py.h5z.filter_avail(h5py.h5z.FILTER_SZIP): put("chunks/szip", a, compression="szip", **chunks)
    put("chunks/lzf", a, compression="lzf", **chunks)
    del readable["chunks/lzf"]
    part = f.create_dataset("part", shape=(40, 30, 30), maxshape=(None, 30, 30), chunks=(8, 16, 16), dtype=">i4", fillvalue=-7)
    part[11:13, 3, 17:20] = 5
    readable["part"] = part[...]
    f.create_dataset("nothing", shape=(5, 6, 7), dtype="f4", fillvalue=2.5)
    readable["nothing"] = np.full((5, 6, 7), 2.5, "f4")
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    inside = h5py.h5d.create(f.id, b"compact", h5py.h5t.STD_U16BE, h5py.h5s.create_simple((3, 4, 5)), compact)
    inside.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(60, dtype="u2").reshape(3, 4, 5))
    readable["compact"] = np.arange(60, dtype="u2").reshape(3, 4, 5)
    f["soft"] = h5py.SoftLink("/chunks/all")
    readable["soft"] = a
    f["text"] = "hello"
    f["mixed"] = np.zeros(3, [("a", "i4"), ("b", "f4")])
    f["none"] = h5py.Empty("f4")
    f["elsewhere"] = h5py.ExternalLink("other.h5", "/data")
    f["soft elsewhere"] = h5py.SoftLink("/elsewhere")
    f.create_dataset("external", shape=(4, 4), dtype="u1", external=[("raw.bin", 0, 16)])
    layout = h5py.VirtualLayout(shape=(3, 4, 5), dtype="u2", maxshape=(None, 4, 5))
    layout[...] = h5py.VirtualSource("other.h5", "data", shape=(3, 4, 5))
    f.create_virtual_dataset("virtual", layout)
with h5py.File("other.h5", "w") as f: f["data"] = np.zeros((3, 4, 5), "u2")
open("raw.bin", "wb").write(bytes(16))
# MATLAB's files begin with 512 bytes of their own.
with h5py.File("block.hdf5", "w", userblock_size=512) as f: f["data"] = readable["block"] = a
names = [n for n in readable if n != "block"]
np.savez("expected.npz", **{n.replace("/", "|"): readable[n] for n in readable})
open("list", "w").write("".join(f"{n} {'tzyx' if readable[n].ndim == 4 else 'tyx'}\n" for n in names))
END
while read -r name axes; do
    levin-export -q "a.h5::/$name" "$(echo "$name" | tr / '|').out.npy" --axes "$axes"
done <list
levin-export -q block.hdf5 block.out.npy
"$PY" - <<'END'
import numpy as np
expected = np.load("expected.npz")
for name in expected:
    a, b = expected[name], np.load(name + ".out.npy")
    assert a.shape == b.shape and b.dtype == a.dtype.newbyteorder("<") and np.array_equal(a, b), (name, b.shape, b.dtype)
END
# A part of the whole, threads, and the name without a slash.
levin-ingest -q 'a.h5::chunks/all' all.zarr -j 4
levin-ingest -q 'a.h5::chunks/plain' plain.zarr -j 1
same_values all.zarr plain.zarr
levin-export -q 'a.h5::/chunks/checked[t=2:5,y=10:30]' part.npy
"$PY" -c "
import numpy as np
a = np.load('expected.npz')['chunks|all']
assert np.array_equal(np.load('part.npy'), a[2:5, :, 10:30])"

# What is refused, by name.
expect_error 1 'several datasets; choose one as a.h5::/.*levin info --list.*chunks/all' levin-ingest a.h5 out.zarr
expect_error 1 'no dataset /nope; there are:.*chunks/all' levin-ingest a.h5::nope out.zarr
expect_error 1 '/chunks is no dataset' levin-ingest a.h5::/chunks out.zarr
expect_error 1 'compressed by lzf' levin-ingest a.h5::/chunks/lzf out.zarr
expect_error 1 '/text \(string\): not an array of numbers' levin-ingest a.h5::/text out.zarr
expect_error 1 'compound \(a,b\)' levin-ingest a.h5::/mixed out.zarr
expect_error 1 '/none .*empty' levin-ingest a.h5::/none out.zarr
expect_error 1 "/elsewhere is a link into another file, 'other.h5'" levin-ingest a.h5::/elsewhere out.zarr
expect_error 1 "is a link into another file, 'other.h5'" levin-ingest 'a.h5::/soft elsewhere' out.zarr
expect_error 1 'external storage' levin-ingest a.h5::/external out.zarr
expect_error 1 'virtual dataset' levin-ingest a.h5::/virtual out.zarr
expect_error 2 "nothing follows '::'" levin-ingest a.h5:: out.zarr
# None of the others is opened, not even to look at.
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
    strace -f -e trace=open,openat,stat,newfstatat,access -o trace levin-info --list a.h5 >/dev/null
    for name in elsewhere 'soft elsewhere' external virtual; do
        strace -f -A -e trace=open,openat,stat,newfstatat,access -o trace levin-info "a.h5::$name" >/dev/null 2>&1 || true
    done
    grep -q '"a.h5"' trace || fail "strace shows nothing"
    ! grep -E 'other.h5|raw.bin' trace || fail "another file was looked at"
fi

# Damage: cut off, a chunk's bytes changed, no HDF5 at all.
head -c 100000 a.h5 >cut.h5
expect_error 1 'cut.h5: .*damaged or cut off' levin-ingest cut.h5::/chunks/all out.zarr
echo 'no such thing' >text.h5
expect_error 1 'text.h5: not an HDF5 file' levin-ingest text.h5 out.zarr
"$PY" - <<'END'
import h5py
with h5py.File("a.h5") as f:
    places = {n: f[n].id.get_chunk_info(3).byte_offset for n in ("chunks/checked", "chunks/gzip")}
data = bytearray(open("a.h5", "rb").read())
for at in places.values():
    for i in range(20, 60): data[at + i] ^= 0x5a
open("bad.h5", "wb").write(data)
END
expect_error 1 'bad.h5::/chunks/checked: .*checksum' levin-ingest bad.h5::/chunks/checked out.zarr
expect_error 1 'bad.h5::/chunks/gzip: .*does not decompress' levin-ingest bad.h5::/chunks/gzip out.zarr

# A plugin that the environment offers is not loaded, and a read-only file needs no lock.
chmod a-w a.h5
HDF5_PLUGIN_PATH=$PWD expect_exit 0 levin-info a.h5::/chunks/all
