# Every step is planned before anything runs, also one whose input is what an earlier one will make: the figures are those that its
# tool gives when the input is there. Nothing is left behind, nothing is made.
levin-synth -q fish fish.zarr --shape t=60,z=2,y=76,x=87
chain=(levin-filter median fish.zarr clean.zarr --size 3 --chunks t=4 :: levin-toseries clean.zarr series.zarr --block y=32,x=32 ::
       levin-dff series.zarr dff.zarr --baseline-out f0.zarr --baseline percentile:20 :: levin-project mean,std series.zarr maps.zarr --axis t ::
       levin-filter gaussian maps.zarr/std smooth.zarr --sigma 1.3um :: levin-fft 'dff.zarr[t=0:40]' power.zarr --window hann ::
       levin-kmeans dff.zarr clusters --clusters 3 --csv table.csv :: levin-copy clusters/distance far.zarr)
mkdir scratch
ls -A >before
TMPDIR=$PWD/scratch expect_exit 0 levin-fanout --engine make -n 3 --request-memory 500M -- "${chain[@]}"
cp "$stdout" planned
[ "$(ls -A | grep -v -e '^jobs$' -e '^planned$' -e '^before$')" = "$(grep -v '^before$' before)" ] || fail "more than job files: $(ls -A)"
[ -z "$(ls -A scratch)" ] || fail "left behind: $(ls -A scratch)"
grep -q 'not planned: it reads clusters, which is not known before step 7' planned || fail "kmeans cannot make its store in advance: $(cat planned)"

# expect_plan STEP COMMAND...: its --dry-run, now that its input is there, is what stands in the output and in the script.
expect_plan() {
    local script=jobs/step-$1.sh
    shift
    TMPDIR=$PWD/scratch expect_exit 0 "$@" --dry-run --threads 1 --memory 400M
    [ -s "$stdout" ] || fail "$*: no plan"
    while read -r line; do
        case $line in
            memory*) ;;
            *) grep '^# ' "$script" | grep -qF -- "$line" || fail "$script lacks: $line ($(cat "$script"))" ;;
        esac
    done <"$stdout"
    # A process is a little larger or smaller each time.
    awk '$1 == "#" { $1 = ""; $0 = $0 } $1 == "memory" { value[++n] = $2; unit[n] = $3 " " $4 " " $5 " " $6 }
         END { d = value[1] - value[2]; exit !(n == 2 && unit[1] == unit[2] && d < 1 && d > -1) }' "$script" "$stdout" ||
        fail "other memory: $(grep memory "$script" "$stdout")"
}
expect_plan 1 levin-filter median fish.zarr clean.zarr --size 3 --chunks t=4 --part 3/3
levin-filter -q median fish.zarr clean.zarr --size 3 --chunks t=4
expect_plan 2 levin-toseries clean.zarr series.zarr --block y=32,x=32 --part 3/3
levin-toseries -q clean.zarr series.zarr --block y=32,x=32
expect_plan 3 levin-dff series.zarr dff.zarr --baseline-out f0.zarr --baseline percentile:20 --part 3/3
expect_plan 4 levin-project mean,std series.zarr maps.zarr --axis t --part 3/3
levin-dff -q series.zarr dff.zarr --baseline percentile:20
levin-project -q mean,std series.zarr maps.zarr --axis t
expect_plan 5 levin-filter gaussian maps.zarr/std smooth.zarr --sigma 1.3um --part 3/3
expect_plan 6 levin-fft 'dff.zarr[t=0:40]' power.zarr --window hann --part 3/3
sed '/^# *The merge/,$!d' jobs/step-7.sh >merge-plan.sh
sed -i '/^# *The merge/,/^log=/d' jobs/step-7.sh
mv merge-plan.sh jobs/step-8.sh
expect_plan 7 levin-kmeans dff.zarr clusters --clusters 3 --part 3/3
expect_plan 8 levin-kmeans dff.zarr clusters --clusters 3 --merge

# What cannot be is said of a later step too, in the names that the user gave.
rm -rf clean.zarr series.zarr dff.zarr maps.zarr jobs
OUT='jobs clean.zarr'
expect_error 1 'step 2 cannot run with 20.0 MiB.*levin-fft clean.zarr power.zarr.*--memory' levin-fanout --engine make -n 3 \
    --request-memory 20M -- levin-filter median fish.zarr clean.zarr --size 3 --chunks t=4 :: levin-fft clean.zarr power.zarr --value complex
expect_error 2 'step 2 cannot run.*clean.zarr.*axis q' levin-fanout --engine make -n 3 -- levin-filter median fish.zarr clean.zarr --size 3 :: \
    levin-project mean clean.zarr mean.zarr --axis q
expect_error 2 'parts make a Zarr store together' levin-fanout --engine make -n 3 -- levin-filter median fish.zarr clean.tif --size 3
[ ! -e jobs ] || fail "a refused request writes job files"
