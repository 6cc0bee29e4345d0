# The zebrafish workflow as arrays of a real Slurm, of which one task is killed on the way: the bytes of the commands run
# alone. What is missing after the first try is submitted again as check lists it.
chmod 755 .. .
levin-synth -q fish fish.zarr --shape t=60,z=2,y=76,x=87
levin filter median fish.zarr alone.zarr --size z=1,y=3,x=3 --chunks t=4 -q
levin toseries alone.zarr alone-series.zarr --block y=32,x=32 -q
levin dff alone-series.zarr alone-dff.zarr --baseline percentile:20 --offset 0.1 -q
levin detrend alone-series.zarr alone-flat.zarr -q
levin fft alone-flat.zarr alone-power.zarr --value power -q
levin kmeans alone-dff.zarr alone-clusters --clusters 5 --seed 1 -q >/dev/null

cat >inside <<'END'
set -eu
idle() { for _ in $(seq 200); do [ -n "$(squeue -h)" ] || return 0; sleep 0.5; done; squeue; return 1; }
# The third of eight tasks kills itself.
make='levin filter median fish.zarr clean.zarr --size z=1,y=3,x=3 --chunks t=8 -q'
LEVIN_PARTS=8 sbatch --wait --array=1-8 --mem=200M --output=try-%a.log --wrap "[ \$SLURM_ARRAY_TASK_ID != 3 ] || kill -KILL \$\$; $make --part auto --memory 150M" && exit 1
missing=$(levin check clean.zarr --publish --wait 2 2>/dev/null) && exit 1
[ "$missing" = 3 ] || { echo "missing: $missing"; exit 1; }
LEVIN_PARTS=8 sbatch --wait --array="$missing" --mem=200M --output=again-%a.log --wrap "$make --part auto --memory 150M"
levin check clean.zarr --publish
mv clean.zarr by-slurm.zarr
"$SOURCE/examples/workflow/slurm.sh" fish.zarr 4
idle
# The same by fanout's files, with a part that fails: 75 is tried again, 2 is not.
. "$SOURCE/tests/support/schedulers/fanned.sh"
for how in 2 75 once; do fanned $how slurm --request-memory 250M; done
idle
expect_tries 2 1
expect_tries 75 4
expect_tries once 2
END
status=0
bash "$SOURCE/tests/support/schedulers/slurm.sh" "$PWD" env "PATH=$PATH" "SOURCE=$SOURCE" bash inside >said 2>&1 || status=$?
[ "$status" != 77 ] || skip "slurm: $(tail -n 1 said)"
[ "$status" = 0 ] || { cat said ./*.log >&2; fail "exit status $status"; }
levin copy -q alone.zarr rechunked.zarr --chunks t=8
same_values by-slurm.zarr rechunked.zarr
for store in clean:alone series:alone-series dff:alone-dff flat:alone-flat power:alone-power; do
    (cd "${store%:*}.zarr" && find c -type f -exec sha256sum {} + | sort -k2) >found
    (cd "${store#*:}.zarr" && find c -type f -exec sha256sum {} + | sort -k2) >expected
    cmp expected found >&2 || fail "other bytes: ${store%:*}"
done
same_bytes alone-clusters/labels/c clusters/labels/c
levin kmeans alone-series.zarr of-fanned --clusters 3 --seed 1 --init random --max-iter 1 -q >/dev/null
levin copy of-fanned/labels alone-labels.zarr -q
same_bytes alone-labels.zarr/c fanned-once/labels.zarr/c
(cd fanned-once/series.zarr && find c -type f -exec sha256sum {} + | sort -k2) >found
(cd alone-series.zarr && find c -type f -exec sha256sum {} + | sort -k2) >expected
cmp expected found >&2 || fail "other bytes: fanout"
