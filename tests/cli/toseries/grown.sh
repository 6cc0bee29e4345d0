# Units that are written as they grow have the bytes of units that are written at once, whatever the data, the memory and the threads; a killed
# run leaves nothing of them. The reference is levin copy of the result, which reads each unit on its own and writes it at once.
need_python numpy
t=600 y=200 x=328  # units of 64 reach over the edges of y and x
npy noise.npy "rng.integers(0, 200, ($t, $y, $x), dtype=np.uint16)"
npy still.npy "np.broadcast_to((np.arange($x) // 9 + np.arange($y)[:, None] % 50).astype(np.uint16), ($t, $y, $x))"
# Begins as noise; most of it is none.
npy late.npy "np.where(np.arange($t)[:, None, None] < 60, rng.integers(0, 200, ($t, $y, $x), dtype=np.uint16), np.uint16(7))"
# Units of nothing but the fill value are not stored.
npy empty.npy "np.where(np.arange($x) < 192, rng.integers(0, 200, ($t, $y, $x), dtype=np.uint16), np.uint16(0))"

grown() {  # NAME OPTION...: by toseries, by toseries in little memory, and at once
    local name=$1
    shift
    expect_output '^grow .*axis t.* wait in memory' levin-toseries $name.zarr grown.zarr --block y=64,x=64 --dry-run -j 2 "$@"
    expect_output '^grow .*axis t are read at a time$' levin-toseries $name.zarr grown.zarr --block y=64,x=64 --dry-run -j 2 --memory 96M "$@"
    expect_exit 0 levin-toseries $name.zarr grown.zarr --block y=64,x=64 -q "$@"
    expect_exit 0 levin-toseries $name.zarr little.zarr --block y=64,x=64 -j 2 --memory 96M -q "$@"
    expect_exit 0 levin-toseries $name.zarr alone.zarr --block y=64,x=64 -j 1 -q "$@"
    expect_exit 0 levin-copy grown.zarr once.zarr -q "$@"
    expect_exit 0 levin-copy grown.zarr once.zarr --dry-run --force "$@"
    grep -q '^grow' "$stdout" && fail "the reference grows too"
    for other in little alone once; do
        diff -rq -x zarr.json -x .zattrs grown.zarr $other.zarr >&2 || fail "$name $*: grown.zarr and $other.zarr differ"
    done
    levin-export -q grown.zarr out.npy
    cmp $name.npy out.npy || fail "$name $*: other values"
    rm -rf grown.zarr little.zarr alone.zarr once.zarr out.npy
}
for name in noise still late empty; do
    levin-ingest -q $name.npy $name.zarr --axes tyx --chunks t=20,y=$y,x=$x
    grown $name
done
grown noise --codec none
grown late --zarr-format 2
grown empty --write-fill
levin-toseries -q empty.zarr sparse.zarr --block y=64,x=64
[ ! -e sparse.zarr/c/0/0/4 ] || fail "a unit of fill is stored"

# What grows reads a pipe once, and needs no scratch for it; of --dtype it writes what the whole would be.
levin-toseries -q noise.zarr straight.zarr --block y=64,x=64 --dtype float32
levin-copy -q noise.zarr - | TMPDIR=/nowhere levin-toseries - piped.zarr --block y=64,x=64 --dtype float32 -q || fail "through a pipe"
diff -rq -x zarr.json straight.zarr piped.zarr >&2 || fail "through a pipe other bytes"
expect_error 1 '--dtype int8: .*--clip' levin-toseries noise.zarr narrow.zarr --block y=64,x=64 --dtype int8 -q

# Other codecs and small chunks are written as a whole.
for options in "y=64,x=64 --codec gzip" "y=64,x=64 --codec zstd:3" "y=8,x=8" "y=64,x=64 --shards y=128"; do
    # shellcheck disable=SC2086
    expect_exit 0 levin-toseries noise.zarr out.zarr --dry-run --block $options
    grep -q '^grow' "$stdout" && fail "$options grows"
done

# Killed, resumed, and in parts.
levin-toseries -q noise.zarr expected.zarr --block y=64,x=64
command="levin-toseries noise.zarr out.zarr --block y=64,x=64 -q"
midway=0
for round in 1 2 3 4 5 6 7 8; do
    "$PY" "$SOURCE/tests/support/interrupt.py" KILL "$(awk "BEGIN { print 0.02 * $round }")s" out.zarr $command >status
    if ls out.zarr/c/0/*/__levin-partial.* >/dev/null 2>&1; then midway=$((midway + 1)); fi
    [ "$(cat status)" = 0 ] || $command --resume || fail "round $round: --resume fails"
    same_bytes expected.zarr out.zarr
    rm -r out.zarr
done
[ "$midway" -ge 1 ] || fail "no run was killed while units grew"
for part in 2 1 3; do expect_exit 0 levin-toseries noise.zarr out.zarr --block y=64,x=64 -q --part $part/3; done
diff -rq -x zarr.json expected.zarr out.zarr >&2 || fail "parts give other bytes"
