# A browser that nobody configured opens the page: it has the elements that were written, and paints the bars where they belong.
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip "no chromium (scripts/install-deps --schedulers)"
need_python PIL
line() { printf '{"event":"%s","time":%s,"host":"a","pid":%s,"tool":"levin-fft"%s}\n' "$1" "$2" "$3" "${4:-}"; }
for part in 1 2 3; do line begin 1000 $part ",\"part\":$part,\"parts\":3,\"command\":\"in.zarr\""; done >log.json
line done 1100 1 ',"seconds":100,"bytes_read":4000000,"bytes_written":4000000,"peak_memory":5,"read_seconds":10,"compute_seconds":20,"write_seconds":10' >>log.json
line failed 1100 2 ',"status":1,"message":"no <b>luck</b>"' >>log.json
line progress 1100 3 ',"done":1,"units":2,"seconds":100,"bytes_read":1000,"bytes_written":0' >>log.json
expect_output '^3 runs' levin-report log.json -o report.html
open_page() {
    HOME=$PWD timeout -s KILL 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$PWD/profile" "$@" "file://$PWD/report.html"
}
open_page --dump-dom >dom.html 2>said || { tail -n 5 said >&2; skip "the browser does not start here: $(tail -n 1 said)"; }
"$PY" - <<'END' || fail "the page that the browser has"
from report_page import page
written, seen = (page(open(name).read()) for name in ("report.html", "dom.html"))
assert len(seen["runs"]) == 3 and len(seen["figures"]) == 4 and len(seen["problems"]) == 2, seen
assert seen == written and not seen["outside"], (seen, written)
assert seen["problems"][0][4] == "failed (1): no <b>luck</b>"
END
open_page --window-size=1200,1000 --hide-scrollbars --screenshot="$PWD/shot.png" >>said 2>&1 || { tail said >&2; fail "no screenshot"; }
"$PY" - <<'END' || fail "what the browser paints"
from PIL import Image
from collections import Counter
shot = Image.open("shot.png").convert("RGB")
assert shot.size == (1200, 1000), shot.size
# Right of the key there are bars: half of those of time, and those of seconds (a quarter, a half, a quarter) and bytes (halves).
painted = Counter(shot.crop((500, 0, 1200, 1000)).getdata())
area = {name: painted[tuple(bytes.fromhex(colour))] for name, colour in {"done": "56b4e9", "failed": "d55e00", "none": "f0e442",
        "read": "0072b2", "compute": "009e73", "write": "cc79a7"}.items()}
row = 13.5  # pixels high
for name, width in {"done": 170, "failed": 170, "none": 170, "read": 50 + 100, "compute": 100, "write": 50 + 100}.items():
    assert 0.7 * width * row < area[name] < 1.3 * width * row, (name, width * row, area)
whole = Counter(shot.getdata())
assert whole[(255, 255, 255)] > 0.5 * 1200 * 1000 and len(whole) > 50, len(whole)  # a white page with writing on it
END
