# The tour of the README, word for word as a reader would paste it, and what it promises of the first result.
if [ -n "$SHARED" ]; then
    ln -s "$SHARED/fish_tif" fish_tif
else
    levin synth -q fish fish20.zarr --shape t=20,z=2,y=76,x=87
    levin copy -q fish20.zarr bytes.zarr --dtype uint8 --clip
    mkdir fish_tif
    levin export -q bytes.zarr fish_tif/time%03d.tif --split t
fi
sed -n '/^## A tour/,/^## /p' "$SOURCE/README.md" | sed -n '/^```sh$/,/^```$/p' | grep -v '^```' >tour
[ "$(wc -l <tour)" -ge 10 ] || fail "the README has no tour"
while IFS= read -r line; do
    expect_exit 0 bash -c "$line"
    case $line in
        "levin info"*)  # "(t 20, ...) uint8, images layout, ...": the comment says how the output begins
            promised=${line##*# }
            grep -qF "${promised%%, ...*}" "$stdout" || fail "promised: $promised; found: $(cat "$stdout")" ;;
    esac
done <tour
# Every result that the tour names is there, and the pictures that the README shows are in the repository.
for result in maps.zarr trace.csv power.zarr dff.zarr clusters clusters.png maxz.tif; do [ -e $result ] || fail "no $result"; done
grep -o '!\[[^]]*\]([^)]*)' "$SOURCE/README.md" | sed 's/.*(\(.*\))/\1/' >pictures
[ -s pictures ] || fail "the README shows no picture"
while IFS= read -r picture; do expect_exit 0 levin info "$SOURCE/$picture"; done <pictures
