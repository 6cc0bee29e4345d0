# What is drawn and listed is what the logs say: first logs with figures that are known, then those of real parts, of which one
# fails, one is killed and one does not begin.
[ -x "$PY" ] || skip "no $PY"
line() { printf '{"event":"%s","time":%s,"host":"%s","pid":%s,"tool":"levin-filter"%s}\n' "$1" "$2" "$3" "$4" "${5:-}"; }
# 100 s in all. Part 1 takes all of it, part 2 its second quarter, part 3 fails after half, part 4 was seen last at 80 s.
{
    line begin 1000 a 1 ',"part":1,"parts":4,"threads":2,"memory":100,"command":"median <in> --size 3"'
    line begin 1025.0 a 2 ',"part":2,"parts":4,"threads":2,"memory":100,"command":"median <in> --size 3"'
    line note 1030.0 a 2 ',"text":"something"'
    line done 1050 a 2 ',"seconds":25,"bytes_read":1048576,"bytes_written":0,"peak_memory":7,"read_seconds":10,"compute_seconds":20,"write_seconds":0'
    line done 1100 a 1 ',"seconds":100,"bytes_read":3145728,"bytes_written":1048576,"peak_memory":5,"read_seconds":10,"compute_seconds":20,"write_seconds":30'
} >both.json
line begin 1000 b 1 ',"part":3,"parts":4,"threads":2,"memory":100,"command":"median <in> --size 3"' >3.json
line failed 1050 b 1 ',"status":75,"message":"cannot write <x> & y"' >>3.json
line begin 1020 b 2 ',"part":4,"parts":4,"threads":2,"memory":100,"command":"median <in> --size 3"' >4.json
line start 1020 b 2 ',"units":9,"done":0' >>4.json
line progress 1080 b 2 ',"done":4,"units":9,"seconds":60,"bytes_read":1048576,"bytes_written":1048576' >>4.json
printf '{"event":"pro' >>4.json
: >silent.json
expect_output '^4 runs in report.html$' levin-report both.json 3.json 4.json silent.json -o report.html
"$PY" - <<'END' || fail "the page of known logs"
from report_page import page
found = page(open("report.html").read())
assert not found["outside"], found["outside"]
assert found["totals"][0] == found["totals"][1] == (
    "4 runs on 2 hosts in 100.0 s: 2 done, 1 failed, 1 without an end. Threads read for 20.0 s, computed for 40.0 s, wrote for 30.0 s; "
    "5.0 MiB read, 2.0 MiB written."), found["totals"]
time = [next(b for b in run["bars"] if b[0] in ("done", "failed", "none")) for run in found["runs"]]
assert [b[0] for b in time] == ["done", "done", "failed", "none"]
x0, whole = time[0][1], time[0][3]
for bar, begin, end in zip(time, (0, 25, 0, 20), (100, 50, 50, 80)):
    assert abs(bar[1] - x0 - whole * begin / 100) < 0.06 and abs(bar[3] - whole * (end - begin) / 100) < 0.06, bar
assert [b[2] for b in time] == sorted({b[2] for b in time})  # a row each, downwards
first, second = ([b for b in run["bars"] if b[0] in ("read", "compute", "write")] for run in found["runs"][:2])
assert [b[0] for b in first] == ["read", "compute", "write", "read", "write"] and [b[0] for b in second] == ["read", "compute", "read"]
unit, mebi = first[0][3] / 10, first[3][3] / 3
for bars, expected in ((first, (10, 20, 30, 3, 1)), (second, (10, 20, 1))):
    for bar, value in zip(bars, expected):
        scale = mebi if value < 10 else unit
        assert abs(bar[3] - value * scale) < 0.06, (bar, value)
assert abs(first[1][1] - first[0][1] - first[0][3]) < 0.06  # stacked
assert found["figures"][1:] == [
    ["1/4", "a", "1", "0.000", "100.000", "10.000", "20.000", "30.000", "3145728", "1048576", "5", "done"],
    ["2/4", "a", "2", "25.000", "50.000", "10.000", "20.000", "0.000", "1048576", "0", "7", "done"],
    ["3/4", "b", "1", "0.000", "50.000", "0.000", "0.000", "0.000", "0", "0", "0", "failed"],
    ["4/4", "b", "2", "20.000", "80.000", "0.000", "0.000", "0.000", "1048576", "1048576", "0", "no end"],
], found["figures"]
assert [p[4] for p in found["problems"]] == ["failed (75): cannot write <x> & y",
    "no end: killed, or still at work; 4 of 9 units done at its last line", "says nothing: not begun, or killed before its first line"]
assert [p[5] for p in found["problems"]] == ["3.json", "4.json", "silent.json"]
END

# Real parts of two steps, by fanout's files. A part of the first is killed on the way, is tried again by hand; the second fails.
faults=$BIN/../tests/libfaults.so
levin-synth -q random in.zarr --shape t=24,z=3,y=17,x=23 --seed 5
expect_exit 0 levin-fanout --engine local -n 3 -- levin-filter median in.zarr out.zarr --size 3 --chunks t=2 :: \
    levin-detrend out.zarr flat.zarr
bash jobs/step-1.sh 1
if [ -e "$faults" ]; then
    LD_PRELOAD=$faults LEVIN_FAULT=rename:2:5 expect_exit 75 bash jobs/step-1.sh 2  # EIO
    grep -q '"event":"failed"' "$stderr" || fail "a part's failure is only in its log"
fi
bash jobs/step-1.sh 2
bash jobs/step-1.sh 3
expect_exit 0 bash jobs/publish-1.sh
rm -r out.zarr
expect_exit 1 bash jobs/step-2.sh 1
expect_exit 0 levin-report jobs/logs/*.json -o real.html
"$PY" - jobs/logs/*.json <<'END' || fail "the page of real logs"
import json, sys
from report_page import page
found = page(open("real.html").read())
ends = [e for name in sys.argv[1:] for e in map(json.loads, open(name)) if e["event"] in ("done", "failed")]
assert len(found["runs"]) == len(ends)
assert [h for h in found["headings"]] == ["%d did not end well" % sum(e["event"] == "failed" for e in ends), "levin-filter", "levin-detrend"]
rows = [row for row in found["figures"] if row[0] != "part"]
assert sorted(row[-1] for row in rows) == sorted(e["event"] for e in ends)
done = [e for e in ends if e["event"] == "done"]
for column, field in ((5, "read_seconds"), (6, "compute_seconds"), (7, "write_seconds")):
    assert sorted(row[column] for row in rows if row[-1] == "done") == sorted("%.3f" % e[field] for e in done), field
    assert all(e[field] > 0 for e in done), field
for column, field in ((8, "bytes_read"), (9, "bytes_written"), (10, "peak_memory")):
    assert sorted(row[column] for row in rows if row[-1] == "done") == sorted(str(e[field]) for e in done), field
for e in done:
    assert sum(e[f] for f in ("read_seconds", "compute_seconds", "write_seconds")) <= e["seconds"] + 0.01, e
END
