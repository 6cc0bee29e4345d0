# --log-json tells of a run from begin to end, with the seconds and bytes that levin report draws; of a part which; also when nothing
# was left to do. A run that failed ends with failed.
. "$SOURCE/tests/support/every_tool/sample.sh"
[ -x "$PY" ] || skip "no $PY"
"levin-$TOOL" --help | grep -q '^  --log-json' || skip "the tool keeps no log"
make_input
sample_command in.zarr "$OUT" --log-json
expect_exit 0 "${command[@]}"
cp "$stderr" whole.json
if "levin-$TOOL" --help | grep -q '^  --resume'; then
    expect_exit 0 "${command[@]}" --resume
    cp "$stderr" again.json
fi
if [[ $sample = *in.* ]]; then
    expect_exit 1 "${command[@]/#in./absent.}" --force
    cp "$stderr" failed.json
fi
if "levin-$TOOL" --help | grep -q '^  --part'; then
    rm -rf "$OUT"
    expect_exit 0 "${command[@]}" --part 2/3
    cp "$stderr" part.json
fi
"$PY" - "$TOOL" <<'END' || fail "what the logs say"
import json, os, socket, sys, time
def log(name):
    events = [json.loads(line) for line in open(name)]
    for e in events:
        assert list(e)[:5] == ["event", "time", "host", "pid", "tool"], e
        assert e["host"] == socket.gethostname() and e["tool"] == "levin-" + sys.argv[1] and abs(time.time() - e["time"]) < 300, e
    assert len({e["pid"] for e in events}) == 1
    assert [e["time"] for e in events] == sorted(e["time"] for e in events)
    return events
for name in ("whole.json", "again.json", "part.json"):
    if not os.path.exists(name):
        continue
    first, *_, last = log(name)
    assert first["event"] == "begin" and first["threads"] >= 1 and first["memory"] > 0 and "command" in first, first
    assert (first.get("part"), first.get("parts")) == ((2, 3) if name == "part.json" else (None, None)), first
    assert last["event"] == "done" and last["seconds"] >= 0 and last["peak_memory"] > 0, last
    stages = [last[stage + "_seconds"] for stage in ("read", "compute", "write")]
    assert all(0 <= s < 300 for s in stages) and sum(stages) <= last["seconds"] * first["threads"] + 0.01, last
    if name == "whole.json":
        assert sum(stages) > 0 and last["bytes_written"] > 0, last
if os.path.exists("failed.json"):
    failed = log("failed.json")[-1]
    assert failed["event"] == "failed" and failed["status"] == 1 and "absent" in failed["message"], failed
END
