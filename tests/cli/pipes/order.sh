# A stream is a tar of a Zarr store's files, both ways: tar and other programs read what levin writes, and with --no-trailer
# levin reads what they write, in any order.
levin-synth random in.zarr --shape t=12,z=2,y=33,x=40 --chunks t=5,y=16 -q
levin-copy -q in.zarr flat.zarr --codec none

# zarr.json first, chunks in C order, the end marker last; the same bytes each time, for any number of threads.
levin-copy -q in.zarr - -j 1 >one.tar
levin-copy -q in.zarr - -j 7 | cmp - one.tar || fail "7 threads write another stream"
tar tf one.tar >names
[ "$(head -n 1 names)" = zarr.json ] && [ "$(tail -n 1 names)" = __levin/end.json ] || fail "order: $(cat names)"
sed '1d;$d' names >chunks
sort -t/ -k2,2n -k3,3n -k4,4n -k5,5n chunks | cmp - chunks || fail "chunks are not in C order"
tar tvf one.tar | grep -qv '0/0 .* 1970-01-01' && fail "headers are not deterministic"
mkdir unpacked
tar x -C unpacked <one.tar
diff -rq -x zarr.json -x __levin unpacked flat.zarr >&2 || fail "unpacked chunks differ"
expect_exit 0 levin-check unpacked --missing error
"$PY" - <<'END' || fail "the end marker is not what it says"
import json, tarfile
members = [(m, tar.extractfile(m).read()) for tar in [tarfile.open("one.tar")] for m in tar]
table = []
for i in range(256):
    for _ in range(8): i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
    table.append(i)
crc, size = 0xFFFFFFFF, 0
for member, content in members[:-1]:
    size += len(content)
    for byte in member.name.encode() + content: crc = crc >> 8 ^ table[(crc ^ byte) & 255]
end = json.loads(members[-1][1])
assert end == {"chunks": len(members) - 2, "bytes": size, "crc32c": f"{crc ^ 0xFFFFFFFF:08x}"}, end
END

# From plain tar: any order, any codec, shards, Zarr v2.
same() { levin-copy - out.zarr -q --no-trailer && same_values in.zarr out.zarr; rm -rf out.zarr; }
tar c -C in.zarr zarr.json c | same
tar c -C in.zarr c zarr.json | same
tar c -C in.zarr . | same
tar c --format=gnu -C in.zarr zarr.json c | same
tar c --format=ustar -C in.zarr zarr.json c | same
"$PY" "$CASES/rewrite.py" reversed <one.tar | same
same <one.tar
levin-copy -q in.zarr shards.zarr --chunks t=5,z=1,y=16,x=8 --shards t=10,z=2,y=32,x=40
tar c -C shards.zarr c zarr.json | same
levin-copy -q in.zarr v2.zarr --zarr-format 2
tar c -C v2.zarr . | same
expect_output '12 of 12 chunks stored|chunks stored' bash -c 'tar c -C in.zarr c zarr.json | levin-check - --no-trailer'
expect_output 'float32' bash -c 'tar c -C in.zarr c zarr.json | levin-info - --no-trailer'
expect_error 1 "does not end|ends without|begins with|--no-trailer" bash -o pipefail -c 'tar c -C in.zarr c zarr.json | levin-copy - out.zarr -q'
rm -rf out.zarr

# A chunk that holds nothing but the fill value is left out, as in a store.
npy zeros.npy 'np.where(np.arange(12)[:, None, None] // 5 == 1, 0, rng.normal(size=(12, 33, 40))).astype(np.float32)'
levin-ingest -q zeros.npy zeros.zarr --axes tyx --chunks t=5
[ "$(levin-copy -q zeros.zarr - --chunks t=5 | tar t | grep -c ^c/)" = 2 ] || fail "a chunk of the fill value was sent"
levin-copy -q zeros.zarr - --chunks t=5 | levin-copy -q - out.zarr --chunks t=5
same_values zeros.zarr out.zarr
[ ! -e out.zarr/c/1 ] || fail "a chunk of the fill value was stored"
rm -rf out.zarr
expect_error 1 "chunk c/1/0/0 is missing in the stream" bash -o pipefail -c 'levin-copy -q zeros.zarr - --chunks t=5 | levin-copy -q - out.zarr --missing error'
expect_output "missing c/1/0/0" bash -c 'levin-copy -q zeros.zarr - --chunks t=5 | levin-check - --missing error || true'
levin-copy -q zeros.zarr - --chunks t=5 --write-fill | tar t | grep -q '^c/1/' || fail "--write-fill sends no such chunk"

# Arrays without elements, and of one element.
npy none.npy 'np.zeros((0, 3, 4), np.float32)'
levin-ingest -q none.npy none.zarr --axes tyx
levin-copy -q none.zarr - | levin-copy -q - none2.zarr
same_values none.zarr none2.zarr

# Axes, spacing, attributes and history come through.
levin-synth fish fish.zarr --shape t=6,z=2,y=20,x=21 -q
levin-filter -q median fish.zarr - --size 3 | levin-copy -q - - | levin-toseries -q - through.zarr
levin-filter -q median fish.zarr a.zarr --size 3
levin-info --json through.zarr >through.json
levin-info --json a.zarr >a.json
"$PY" - <<'END' || fail "the description does not come through a pipe"
import json
through, a = json.load(open("through.json")), json.load(open("a.json"))
assert through["axes"] == a["axes"], through["axes"]
assert [step["tool"] for step in through["history"]] == ["synth", "filter", "copy", "toseries"], through["history"]
assert through["history"][:2] == a["history"]
END
