# What is no log is refused by name and line, an existing page by name; a thousand logs make a page of moderate size.
[ -x "$PY" ] || skip "no $PY"
OUT=out.html
levin-synth -q random in.zarr --shape t=4,y=5,x=6
levin-copy in.zarr copy.zarr --log-json 2>good.json
mkdir folder
expect_error 1 'cannot open absent.json: No such file' levin-report absent.json -o out.html
expect_error 1 'folder is a folder; name the log files in it' levin-report folder -o out.html
expect_error 2 '--output' levin-report good.json
expect_error 1 'in.zarr is a folder' levin-report good.json in.zarr -o out.html
refused() { printf '%s\n' "$2" >bad.json; expect_error 1 "bad.json, line $3: .*$1" levin-report good.json bad.json -o out.html; }
refused "'hello' is no line of --log-json" "$(cat good.json)
hello" "$(($(wc -l <good.json) + 1))"
refused "is no line of --log-json" '[1, 2]' 1
refused "has no field 'time'" '{"event":"begin"}' 1
refused "field 'time' is \"noon\", expected a number" '{"event":"begin","time":"noon","host":"a","pid":1,"tool":"levin-fft"}' 1
refused "event 'lunch' is unknown" '{"event":"begin","time":1,"host":"a","pid":1,"tool":"levin-fft"}
{"event":"lunch","time":2,"host":"a","pid":1,"tool":"levin-fft"}' 2
refused "'done' of levin-fft comes before its 'begin'" '{"event":"done","time":1,"host":"a","pid":1,"tool":"levin-fft"}' 1
refused 'process 1 is levin-dff here and was levin-fft before' '{"event":"begin","time":1,"host":"a","pid":1,"tool":"levin-fft"}
{"event":"note","time":2,"host":"a","pid":1,"tool":"levin-dff","text":""}' 2
head -c 2000 /dev/urandom | tr '\n' x >noise
echo >>noise
expect_error 1 'noise, line 1' levin-report noise -o out.html
: >empty.json
expect_error 1 'no run in the log: empty.json' levin-report empty.json -o out.html
expect_error 1 'no run in any of the logs' levin-report empty.json empty.json -o out.html

expect_exit 0 levin-report good.json -o out.html
expect_error 1 'out.html exists already; use --force' levin-report good.json -o out.html
expect_exit 0 levin-report good.json -o out.html --force

"$PY" - <<'END'
import json
for part in range(1, 1001):
    common = {"time": 1e9 + part, "host": "node%d" % (part % 40), "pid": part, "tool": "levin-toseries"}
    with open("many-%04d.json" % part, "w") as log:
        print(json.dumps({"event": "begin", **common, "part": part, "parts": 1000, "command": "a.zarr"}), file=log)
        if part % 10:
            common["time"] += 60
            print(json.dumps({"event": "done", **common, "seconds": 60, "bytes_read": part, "bytes_written": 2 * part,
                              "peak_memory": 1, "read_seconds": 20, "compute_seconds": part / 100, "write_seconds": 9}), file=log)
END
expect_output '^1000 runs' levin-report many-*.json -o many.html
[ "$(wc -c <many.html)" -lt 2000000 ] || fail "a page of $(wc -c <many.html) bytes"
"$PY" - <<'END' || fail "the page of 1000 logs"
from report_page import page
found = page(open("many.html").read())
assert len(found["runs"]) == 1000 and len(found["figures"]) == 1001 and len(found["problems"]) == 100
assert max(bar[2] + bar[4] for run in found["runs"] for bar in run["bars"]) < 6000  # a few screens
assert [row[0] for row in found["figures"][1:]] == ["%d/1000" % part for part in range(1, 1001)]
END
