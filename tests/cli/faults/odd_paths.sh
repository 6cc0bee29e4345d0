# Spaces, newlines, quotes and letters beyond ASCII in every path: input, output, mask, centroids, tables, TMPDIR.
odd=$'a folder\nof "Müller"\'s \\ 100%d $(x) *'
mkdir "$odd"
in="$odd/the input.zarr"
levin-synth random "$in" --shape t=24,z=2,y=17,x=23 --seed 5 -q
levin-synth random plain.zarr --shape t=24,z=2,y=17,x=23 --seed 5 -q
same_bytes plain.zarr "$in"
export TMPDIR=$PWD/$odd/tmp
mkdir "$TMPDIR"

# step TOOL WORDS...: with IN and OUT for the paths; the same values as with plain ones.
step() {
    local words=() plain=() word suffix=.zarr
    case " $* " in *" --suffix "*) suffix=.tif ;; esac
    for word; do
        case $word in
            IN) words+=("$in"); plain+=(plain.zarr) ;;
            OUT) words+=("$odd/an output$suffix"); plain+=("plain-out$suffix") ;;
            MASK) words+=("$odd/a mask.zarr"); plain+=(mask.zarr) ;;
            --suffix) ;;
            *) words+=("$word"); plain+=("$word") ;;
        esac
    done
    expect_exit 0 "${words[@]}" -q
    expect_exit 0 "${plain[@]}" -q
    if [ $suffix = .zarr ]; then same_values "$odd/an output.zarr" plain-out.zarr; else same_bytes "$odd/an output.tif" plain-out.tif; fi
    expect_exit 0 "${words[@]}" -q --force
    rm -rf "$odd/an output$suffix" "plain-out$suffix"
}
levin-project -q mean plain.zarr mask.zarr --axis t
levin-project -q mean "$in" "$odd/a mask.zarr" --axis t
step levin-copy IN OUT --codec gzip
step levin-toseries IN OUT
step levin-toimages IN OUT --chunks t=5
step levin-detrend IN OUT --mask MASK
step levin-fft IN OUT --value amplitude
step levin-dff IN OUT
step levin-filter median IN OUT --size 3 --mask MASK
step levin-project max IN OUT --axis z
step levin-pyramid IN OUT --levels 2
step levin-kmeans IN OUT --clusters 3 --seed 1
step levin-export IN OUT --suffix

# Reading: what is named in a result is the path as it is.
expect_exit 0 levin-info "$in" --json
"$PY" -c 'import json, sys; json.load(open(sys.argv[1]))' "$stdout" || fail "levin-info --json is no JSON"
expect_exit 0 levin-info "$in"
expect_exit 0 levin-check "$in"
expect_error 1 'no file matches' levin-copy "$odd/none.zarr" "$odd/out.zarr"

# Files: one of many, by folder and by glob, tables, pictures.
mkdir "$odd/frames 1"
levin-export -q "$in[z=0]" "$odd/frames 1/f %03d.tif" --split t
expect_exit 0 levin-ingest "$odd/frames 1" "$odd/back.zarr" --axes tyx -q
levin-copy -q "plain.zarr[z=0]" flat.zarr
same_values flat.zarr "$odd/back.zarr"
expect_exit 0 levin-project mean "$in" --axis y,x -o "$odd/a table.csv" -q
[ -s "$odd/a table.csv" ] || fail "no table"
expect_exit 0 levin-kmeans "$in" "$odd/k.zarr" --clusters 2 --csv "$odd/centroids of k.csv" -q
expect_exit 0 levin-kmeans "$in" "$odd/k2.zarr" --predict "$odd/k.zarr/centroids" -q
expect_exit 0 levin-export "$in[t=0,z=0]" "$odd/a picture.png" -q

# Pipes that spool into TMPDIR, parts, and work that is resumed.
levin-copy -q "$in" - | levin-export -q - npy:- | cmp - <(levin-export -q plain.zarr npy:-) || fail "through pipes"
tar c -C "$in" c zarr.json | levin-copy -q - "$odd/of tar.zarr" --no-trailer
same_values plain.zarr "$odd/of tar.zarr"
for part in 2 1; do expect_exit 0 levin-filter median "$in" "$odd/in parts.zarr" --size 3 --chunks t=5 --part $part/2 -q; done
expect_exit 0 levin-check "$odd/in parts.zarr" --publish
status=$("$PY" "$SOURCE/tests/support/interrupt.py" KILL 3 "$odd/killed.zarr" levin-copy "$in" "$odd/killed.zarr" --chunks t=1,y=5,x=5 -q -j 1)
expect_exit 0 levin-copy "$in" "$odd/killed.zarr" --chunks t=1,y=5,x=5 -q --resume
same_values plain.zarr "$odd/killed.zarr"
[ -z "$(ls -A "$TMPDIR")" ] || fail "left in TMPDIR: $(ls -A "$TMPDIR")"
[ -z "$(find . -name '*levin-*')" ] || fail "left over: $(find . -name '*levin-*')"
