# k-means in rounds by two nodes that see late what the other has written: a part that does not see the new round yet does nothing,
# --merge looks again, and the loop gets there all the same.
. "$SOURCE/tests/support/schedulers/late.sh"
levin-synth -q fish fish.zarr
make="levin-kmeans fish.zarr clusters --clusters 3 --seed 1 --init random --max-iter 3"
$make -q >alone.said
mv clusters alone
mv fish.zarr server/
on_two_nodes 2 <<'END'
stat b/clusters b/clusters/zarr.json 2>/dev/null || true  # too early: b remembers that there is nothing
status=75 turns=0
while [ $status = 75 ]; do
    turns=$((turns + 1))
    [ $turns -lt 60 ] || { echo "it does not end"; exit 1; }
    (cd a && $MAKE --part 1/4) &
    (cd b && $MAKE --part 2/4)
    wait $!
    (cd b && $MAKE --part 3/4)
    (cd a && $MAKE --part 4/4)
    node=$([ $((turns % 2)) = 1 ] && echo b || echo a)
    status=0
    (cd $node && $MAKE --merge --wait 5) >merge.said || status=$?
done
[ $status = 0 ] || exit 1
END
same_bytes alone server/clusters
cmp alone.said merge.said || fail "the last merge says other things"
