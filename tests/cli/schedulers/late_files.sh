# Two nodes that see late what the other has written: a part sees too little and leaves the store as it is; the final check looks
# again and publishes.
. "$SOURCE/tests/support/schedulers/late.sh"
levin-synth -q fish fish.zarr
make="levin-toseries fish.zarr series.zarr --block y=20,x=20 -q"
$make
mv series.zarr alone.zarr
mv fish.zarr server/
on_two_nodes 3 <<'END'
stat b/series.zarr b/series.zarr/zarr.json 2>/dev/null || true  # too early: b remembers that there is nothing
(cd a && $MAKE --part 1/4) &
(cd b && $MAKE --part 2/4)
wait $!
(cd a && $MAKE --part 3/4)
missing=$(cd b && levin check series.zarr --publish --wait 0 2>/dev/null) && exit 1
[[ ,$missing, = *,4,* ]] || { echo "missing: $missing"; exit 1; }
(cd b && $MAKE --part 4/4)
for node in a b; do (cd $node && levin check series.zarr --publish --wait 20); done
END
same_bytes alone.zarr server/series.zarr
