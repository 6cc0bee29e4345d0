# Parts of a reduction over a chunked axis: each reads samples of its own and leaves partial results; the last one, or
# check --publish, puts them together, with the bytes of a run alone.
need_python numpy
npy data.npy "np.where(rng.random((700, 40, 50)) < 0.1, np.nan, rng.normal(1000, 30, (700, 40, 50))).astype(np.float32)"
npy counts.npy "rng.poisson(400, (700, 40, 50)).astype(np.uint16)"
for name in data counts; do
    levin-ingest -q $name.npy $name.zarr --axes tyx --chunks t=20,y=40,x=50
    levin-copy -q $name.zarr $name-series.zarr --chunks t=700,y=8,x=50
done
all=max,min,sum,mean,std,var,range,argmax,argmin,count,snr

# in_parts N ORDER COMMAND...: the parts of the command, in this order.
in_parts() {
    local count=$1 order=$2 part
    shift 2
    for part in $order; do expect_exit 0 "$@" -q --part "$part/$count"; done
}

# What is read by a part is its share, whichever way the chunks lie.
for name in data counts-series; do
    expect_output 'part 2 of 5: [0-9]+ of [0-9]+ units' levin-project mean $name.zarr out.zarr --axis t --part 2/5 --dry-run
    "$PY" - "$stdout" <<'END' || fail "$name: $(cat "$stdout")"
import re, sys
reads = re.search(r"reads +([0-9.]+) (\w+) \(decoded\) of ([0-9.]+) (\w+)", open(sys.argv[1]).read())
unit = {"KiB": 1, "MiB": 1024}
share = float(reads[1]) * unit[reads[2]] / (float(reads[3]) * unit[reads[4]])
sys.exit(not 0.15 < share < 0.36)
END
done

for name in data counts counts-series; do
    levin-project -q $all $name.zarr alone.zarr --axis t
    in_parts 5 "4 2 5 1 3" levin-project $all $name.zarr out.zarr --axis t
    same_bytes alone.zarr out.zarr
    [ -z "$(find out.zarr -name '__levin*')" ] || fail "left over: $(find out.zarr -name '__levin*')"
    rm -r alone.zarr out.zarr
done

# One array, several axes, another type in the store, percentiles beside the mean, more parts than pieces.
for words in "mean out.zarr --axis t,y" "std out.zarr --axis y,x" "mean out.zarr --axis t,y,x" "mean out.zarr --axis t --dtype uint16 --clip" \
    "mean,median,percentile:90 out.zarr --axis t" "median out.zarr --axis t,y" "sum out.zarr --axis t --chunks y=7 --codec none --write-fill"; do
    set -- $words
    statistic=$1
    shift
    levin-project -q $statistic counts.zarr $* && mv out.zarr alone.zarr
    in_parts 3 "3 1 2" levin-project $statistic counts.zarr $*
    same_bytes alone.zarr out.zarr
    rm -r out.zarr
    in_parts 40 "$(seq 40)" levin-project $statistic counts.zarr $*
    same_bytes alone.zarr out.zarr
    rm -r out.zarr alone.zarr
done

# Percentiles of images that are whole in their chunks: every part reads its share and leaves the samples, the last
# one selects, in little memory too.
expect_output '^reads +[0-9]{3}(\.[0-9])? KiB \(decoded\) of 2.7 MiB' levin-project median counts.zarr out.zarr --axis t --part 3/5 --dry-run
for words in "median,std,percentile:20 data.zarr --axis t" "percentile:5 counts.zarr --axis t,x --dtype uint16" "median counts.zarr --axis t,y"; do
    set -- $words
    make="levin-project $1 $2 out.zarr ${*:3}"
    $make -q && mv out.zarr alone.zarr
    in_parts 5 "4 2 5 1" $make
    [ -n "$(find out.zarr/__levin/partial/samples/c -type f)" ] || fail "no part of $1 has left samples"
    in_parts 5 3 $make --memory 24M
    same_bytes alone.zarr out.zarr
    [ -z "$(find out.zarr -name '__levin*')" ] || fail "left over: $(find out.zarr -name '__levin*')"
    rm -r out.zarr alone.zarr
done
levin-synth -q random long.zarr --shape t=900,y=200,x=200 --chunks t=30
levin-project -q median long.zarr alone.zarr --axis t
in_parts 4 "1 2 3" levin-project median long.zarr out.zarr --axis t
in_parts 4 4 levin-project median long.zarr out.zarr --axis t --memory 64M
same_bytes alone.zarr out.zarr
rm -r alone.zarr out.zarr long.zarr

# The values: NumPy's.
in_parts 4 "1 2 3 4" levin-project mean,std,argmax data.zarr out.zarr --axis t
"$PY" - <<'END' || fail "other values than NumPy's"
import numpy as np
from case_arrays import read
data = np.load("data.npy").astype(float)
np.testing.assert_allclose(read("out.zarr/mean"), np.nanmean(data, 0), rtol=1e-6)
np.testing.assert_allclose(read("out.zarr/std"), np.nanstd(data, 0), rtol=1e-5)
np.testing.assert_array_equal(read("out.zarr/argmax"), np.nanargmax(data, 0))
END
mv out.zarr whole.zarr

# Alone after all.
make="levin-project mean,std,argmax data.zarr out.zarr --axis t"
in_parts 6 "2 5" $make
expect_exit 0 $make -q --resume
same_bytes whole.zarr out.zarr
rm -r out.zarr

# Some are missing; all at once, one of them twice; killed ones.
in_parts 6 "2 5" $make
[ ! -e out.zarr/zarr.json ] || fail "visible with parts missing"
expect_output '^1,3-4,6$' sh -c 'levin-check out.zarr --publish --wait 0; [ $? = 75 ]'
expect_output '6 parts, 1,3-4,6 not done' levin-info out.zarr
expect_error 1 'another request' levin-project mean,std,argmax data.zarr out.zarr --axis t --ddof 1 --part 1/6
expect_error 1 'made in 6 parts, this one is of 4' $make --part 1/4
for part in 1 3 4 6 6; do $make -q --part $part/6 & pids+=($!); done
for pid in "${pids[@]}"; do wait "$pid" || fail "a part of six fails with $?"; done
levin-info out.zarr >/dev/null
same_bytes whole.zarr out.zarr
[ -z "$(find . -name '*__levin*')" ] || fail "left over: $(find . -name '*__levin*')"
rm -r out.zarr
for round in $(seq 6); do
    for part in 1 2 3; do
        status=$("$PY" "$SOURCE/tests/support/interrupt.py" KILL "0.0$((RANDOM % 9))s" out.zarr $make -q --part $part/3)
        case $status in 0 | 137) ;; *) fail "part $part: exit status $status" ;; esac
    done
    in_parts 3 "3 1 2" $make
    same_bytes whole.zarr out.zarr
    rm -r out.zarr
done

# A last part that did not see the others' files, as on a network file system, leaves it to check --publish.
for words in "mean,std,argmax data.zarr" "mean counts.zarr --dtype uint8 --clip --write-fill" "median,mean data.zarr"; do
    set -- ${words%% *} out.zarr ${words#* }
    make="levin-project $1 $3 $2 --axis t ${*:4}"
    $make -q
    mv out.zarr whole.zarr.2
    in_parts 5 "1 2 4 5" $make
    mv out.zarr seen.zarr
    in_parts 5 "3" $make
    cp -r seen.zarr/. out.zarr
    expect_error 1 'out.zarr is in progress' levin-check out.zarr
    # A partial result that has gone, as when another process has put them together, is never taken for zeros.
    first=$(find out.zarr/__levin/partial/*/c -type f | sort | head -n 1)
    mv "$first" kept
    expect_error 1 'is missing' levin-check out.zarr --publish
    mv kept "$first"
    expect_exit 0 levin-check out.zarr --publish
    same_bytes whole.zarr.2 out.zarr
    [ -z "$(find out.zarr -name '__levin*')" ] || fail "left over: $(find out.zarr -name '__levin*')"
    expect_exit 0 $make -q --part 2/5
    rm -r out.zarr seen.zarr whole.zarr.2
done
expect_error 2 '--table is written in one go; leave out --part' levin-project mean data.zarr -o x.csv --axis y,x --part 1/2
# A part that cannot help reading most of the input says so, before and while it does.
short='counts.zarr[t=0:100]'  # one block of samples
expect_output '^note +this part reads .*levin toseries' levin-project median "$short" out.zarr --axis t --part 4/4 --dry-run
levin-project median "$short" out.zarr --axis t --part 4/4 2>said
grep -q 'this part reads .*levin toseries' said || fail "says nothing of what it reads: $(cat said)"
expect_output '^memory' levin-project median counts-series.zarr out.zarr --axis t --part 4/4 --dry-run
! grep -q '^note' "$stdout" || fail "a note where a part reads its share"
