# Clocks that are wrong, or disagree between machines: no file's time decides anything.
levin-synth random in.zarr --shape t=40,y=60,x=70 --seed 5 --chunks t=2 -q
work="levin-filter median in.zarr out.zarr --size 3 --chunks t=1,y=10,x=70 -q"
$work
mv out.zarr expected.zarr
set_times() { find "$1" -exec touch -h -d "$2" {} +; }
for time in 1970-01-01T00:00:01 2100-01-01; do
    set_times in.zarr $time
    for other in 1970-01-01T00:00:01 2100-01-01; do
        status=$("$PY" "$SOURCE/tests/support/interrupt.py" KILL 9 out.zarr $work -j 1)
        [ "$status" = 137 ] || fail "not killed: $status"
        set_times out.zarr $other
        expect_exit 0 $work --resume
        same_bytes expected.zarr out.zarr
        rm -r out.zarr
        expect_exit 0 $work --part 2/3
        set_times out.zarr $other
        expect_exit 0 $work --part 1/3
        expect_exit 0 $work --part 3/3
        same_bytes expected.zarr out.zarr
        set_times out.zarr $other
        expect_exit 0 $work --resume
        expect_exit 0 $work --force
        same_bytes expected.zarr out.zarr
        rm -r out.zarr
    done
done
# A machine whose clock is decades off writes the same bytes, and times nothing by it.
command -v faketime >/dev/null || skip "no faketime for the rest"
for clock in '1971-02-03 04:05:06' '2080-01-01 00:00:00'; do
    for part in 1 2 3; do faketime "$clock" $work --part $part/3 & parts[part]=$!; done
    for part in 1 2 3; do wait "${parts[part]}" || fail "at $clock, part $part: $?"; done
    same_bytes expected.zarr out.zarr
    rm -r out.zarr
done
