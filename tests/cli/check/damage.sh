# Each sort of damage is listed by its key, all of them in one run, and the rest is checked all the same.
levin-synth -q random good.zarr --shape t=6,y=32,x=32 --chunks t=1
expect_output '6 of 6 chunks stored, 0 not stored, 0 faults' levin-check good.zarr
cp -r good.zarr bad.zarr
: >bad.zarr/c/0/0/0
truncate -s -9 bad.zarr/c/1/0/0
printf '\377' | dd of=bad.zarr/c/2/0/0 bs=1 seek=2000 conv=notrunc status=none
printf 'more' >>bad.zarr/c/3/0/0
rm bad.zarr/c/4/0/0
expect_error 1 'bad.zarr' levin-check bad.zarr
for key in 0 1 2 3; do
    grep -Eq "^damaged c/$key/0/0: " "$stdout" || { show_output; fail "damage of c/$key/0/0 is not listed"; }
done
grep -q 'c/[45]/0/0' "$stdout" && fail "sound chunks are listed"
grep -q '1 not stored, 4 faults' "$stdout" || { show_output; fail "no summary"; }
expect_error 1 'bad.zarr' levin-check bad.zarr --missing error
grep -q '^missing c/4/0/0' "$stdout" || { show_output; fail "the missing chunk is not listed"; }
