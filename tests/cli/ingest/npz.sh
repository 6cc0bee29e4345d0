# NumPy's archives: stored and compressed members, chosen by name, read from any place, and what is damaged in them.
need_python numpy
"$PY" - <<'END'
import io, zipfile
import numpy as np
rng = np.random.default_rng(3)
movie = rng.poisson(40, (300, 60, 70)).astype("u2")  # more than a checkpoint's 4 MiB apart when repeated
tall = np.concatenate([movie] * 6)
arrays = {"movie": movie, "tall": tall, "fortran": np.asfortranarray(rng.normal(size=(3, 4, 5))), "big endian": movie[:4].astype(">f4"), "text": np.array(["a", "b"])}
np.savez("stored.npz", **arrays)
np.savez_compressed("packed.npz", **arrays)
np.savez_compressed("one.npz", movie)
np.savez("empty.npz")
for name, array in arrays.items():
    if name != "text": np.save(f"{name}.npy", np.ascontiguousarray(array))
np.save("big endian.npy", movie[:4].astype("f4"))
# Members after 4 GiB that are not there, other methods, encryption.
with zipfile.ZipFile("bzip2.npz", "w", zipfile.ZIP_BZIP2) as z: z.writestr("a.npy", open("fortran.npy", "rb").read())
packed = bytearray(open("one.npz", "rb").read())
open("cut.npz", "wb").write(packed[: len(packed) // 2])
directory = packed.rindex(b"PK\1\2")
flags = bytearray(packed); flags[directory + 8] |= 1
open("encrypted.npz", "wb").write(flags)
flags = bytearray(packed); flags[directory + 16] ^= 1
open("checksum.npz", "wb").write(flags)
flags = bytearray(packed); flags[directory + 42 : directory + 46] = (0x7FFFFFFF).to_bytes(4, "little")
open("beyond.npz", "wb").write(flags)
with zipfile.ZipFile("comment.npz", "w") as z:
    z.writestr("a.npy", open("fortran.npy", "rb").read())
    z.comment = b"said at the end " * 100
END
axes=tyx
for archive in stored packed; do
    for name in movie tall fortran "big endian"; do
        levin-export -q "$archive.npz::$name" back.npy -f --axes "$axes"
        cmp "$name.npy" back.npy >&2 || fail "$archive.npz::$name differs from what numpy.save writes"
    done
done
levin-export -q 'packed.npz::tall[t=1790:1800,y=3:9]' part.npy --axes $axes
levin-export -q 'tall.npy[t=1790:1800,y=3:9]' expected.npy --axes $axes
cmp expected.npy part.npy >&2 || fail "a part of a compressed array differs"
levin-export -q one.npz back.npy -f --axes "$axes"
cmp movie.npy back.npy
levin-export -q comment.npz back.npy -f --axes "$axes"
cmp fortran.npy back.npy
expect_output 'tall +\(1800, 60, 70\) +uint16 +compressed' levin-info --list packed.npz
expect_output "text .*<U1.*" levin-info --list stored.npz
expect_error 1 'several arrays; choose one as stored.npz::movie: movie, tall, fortran, big endian, text' levin-info stored.npz
expect_error 1 'no array other; there are: movie, tall' levin-info stored.npz::other
expect_error 1 'there is no array in this archive' levin-info empty.npz
expect_error 1 'a.npy: it is compressed by method 12' levin-info bzip2.npz
expect_error 1 'arr_0.npy: it is encrypted' levin-info encrypted.npz
expect_error 1 'cut.npz: the archive is cut off or damaged: no list of members' levin-info cut.npz
expect_error 1 'beyond.npz: the archive is cut off or damaged: a member lies beyond its end' levin-info beyond.npz
OUT=back.zarr
expect_error 1 'checksum.npz: .* has the checksum [0-9a-f]{8}, not [0-9a-f]{8}: the file is damaged' levin-ingest -q checksum.npz back.zarr --axes tyx
expect_error 2 'x.npz: no format that levin writes' levin-export stored.npz::movie x.npz --axes tyx
