# Scratch on another file system than the output, in the ways that go through it; what a dead job left disturbs nobody.
levin-synth random in.zarr --shape t=40,z=2,y=60,x=70 --seed 5 --chunks t=2 -q
levin-toseries -q in.zarr expected.zarr
levin-export -q in.zarr expected.npy
here=$(stat -c %d .)
other=
for folder in /dev/shm /var/tmp /tmp; do
    if [ -w $folder ] && [ "$(stat -c %d $folder)" != "$here" ]; then other=$(mktemp -d $folder/levin-test-XXXXXX) && break; fi
done
[ -n "$other" ] || skip "no second file system to write to"
trap 'rm -rf "$other" "$scratch"' EXIT
for tmp in "$other" "$PWD"; do
    for place in "$PWD" "$other"; do
        export TMPDIR=$tmp
        expect_exit 0 levin-toseries in.zarr "$place/out.zarr" -q
        same_values expected.zarr "$place/out.zarr"
        tar c -C in.zarr c zarr.json | levin-toseries -q - "$place/out2.zarr" --no-trailer
        same_values expected.zarr "$place/out2.zarr"
        levin-copy -q in.zarr - | levin-export -q - "$place/out.npy"
        same_bytes expected.npy "$place/out.npy"
        levin-copy -q in.zarr - | levin-export -q - npy:- >"$place/out2.npy"
        same_bytes expected.npy "$place/out2.npy"
        expect_exit 0 levin-copy in.zarr "$place/out.zarr" -q --force
        same_values in.zarr "$place/out.zarr"
        expect_exit 0 levin-filter median in.zarr "$place/out3.npy" --size 3 -q
        rm -rf "$place"/out*
        [ -z "$(find "$tmp" "$place" -name '*levin-*' ! -path "$other")" ] || fail "left over: $(find "$tmp" "$place" -name '*levin-*')"
    done
done
unset TMPDIR

# What dead jobs left: of this machine's it goes, of another's it stays; neither is data.
mkdir frames
levin-export -q in.zarr frames/f.tif --split t
sleep 0 & wait $!
dead=".levin-$(hostname)-$(stat -Lc %i /proc/self/ns/pid)-$!-0badc0de.partial"
for name in "$dead" .levin-node17-4026531836-4711-0badc0de.partial; do head -c 1000 frames/f-0000.tif >"frames/$name"; done
expect_exit 0 levin-ingest frames out.zarr --axes tzyx -q
same_values in.zarr out.zarr
expect_exit 0 levin-export in.zarr frames/g.tif -q
[ ! -e "frames/$dead" ] || fail "the partial file of a dead process stays"
[ -e frames/.levin-node17-4026531836-4711-0badc0de.partial ] || fail "a partial file of another machine is removed"
# In a store, complete or in progress.
rm -r out.zarr
status=$("$PY" "$SOURCE/tests/support/interrupt.py" KILL 5 out.zarr levin-copy in.zarr out.zarr --chunks t=1,y=10 -q -j 1)
[ "$status" = 137 ] || fail "not killed: $status"
head -c 100 in.zarr/zarr.json >out.zarr/c/__levin-partial.node17.4711.0badc0de
cp out.zarr/c/__levin-partial.node17.4711.0badc0de out.zarr/__levin/__levin-partial.node17.4711.0badc0de
expect_exit 1 levin-check out.zarr --clean
grep -qE '^out.zarr: [2-9] partial files removed' "$stdout" || { show_output; fail "--clean of a store in progress"; }
[ -z "$(find out.zarr -name '__levin-partial*')" ] || fail "--clean leaves partial files"
expect_exit 0 levin-copy in.zarr out.zarr --chunks t=1,y=10 -q --resume
levin-copy -q in.zarr whole.zarr --chunks t=1,y=10
same_bytes whole.zarr out.zarr
# A replacement that was killed as it ended: both stores are there, and what is over goes.
cp -r in.zarr .levin-old.out.zarr
mkdir out.zarr/__levin
cp out.zarr/zarr.json out.zarr/__levin/
expect_output 'partial files removed' levin-check out.zarr --clean
same_bytes whole.zarr out.zarr
[ -z "$(ls -A | grep 'levin-')" ] || fail "left over: $(ls -A)"

# A store that parts are to replace is finished by levin check --publish, wherever it grows.
levin-copy -q in.zarr out.zarr --codec none --chunks t=1,y=10 --create-only --force
expect_exit 0 levin-copy -q in.zarr out.zarr --codec none --chunks t=1,y=10 --part 1/2
expect_exit 75 levin-check out.zarr --publish --wait 0
mkdir late  # the last part does not see the journal of the first: an NFS server may show it later
mv .levin-new.out.zarr/__levin/journal.* late/
expect_exit 0 levin-copy -q in.zarr out.zarr --codec none --chunks t=1,y=10 --part 2/2
mv late/* .levin-new.out.zarr/__levin/
same_bytes whole.zarr out.zarr
expect_exit 0 levin-check out.zarr --publish --wait 0
[ -z "$(ls -A | grep 'levin-')" ] || fail "left over: $(ls -A)"
levin-copy -q in.zarr none.zarr --codec none --chunks t=1,y=10
same_bytes none.zarr out.zarr
