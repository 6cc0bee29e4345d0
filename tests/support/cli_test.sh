#!/usr/bin/env bash
# Runs one command-line case: cli_test.sh BIN_FOLDER TOOL CASE.sh
#
# A case is a script, sourced here under `set -eu` in an empty scratch folder of its own. It finds
#   $TOOL     the tool's name without prefix        $CASES    its folder tests/cli/$TOOL
#   $SHARED   the real recordings, "" when absent    $PY       a Python with NumPy, SciPy, scikit-learn, Zarr
#   $OUT      what must not be published when a command fails (one or more names, "out.zarr" unless set)
# and the functions below. It passes when it gets to its end.
set -eu

BIN=$(cd "$1" && pwd)
TOOL=$2
script=$(cd "$(dirname "$3")" && pwd)/$(basename "$3")
SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CASES=$SOURCE/tests/cli/$TOOL
SHARED=$SOURCE/../shared/data
if [ -d "$SHARED" ]; then SHARED=$(cd "$SHARED" && pwd); else SHARED=; fi
PY=/usr/bin/python3
OUT=out.zarr
export BIN TOOL SOURCE CASES SHARED PY
export PATH=$BIN:$PATH LC_ALL=C.UTF-8
export PYTHONPATH=$SOURCE/tests/support PYTHONDONTWRITEBYTECODE=1  # case_arrays.py, for the checks in Python
unset LEVIN_THREADS OMP_NUM_THREADS COLUMNS

scratch=$(mktemp -d "${TMPDIR:-/tmp}/levin-cli-XXXXXX")
# Output of the command under test, outside the scratch folder so that a case may look at the folder as a whole.
stdout=$scratch/stdout stderr=$scratch/stderr
mkdir "$scratch/work"
trap 'chmod -R u+rwX "$scratch" 2>/dev/null || true; rm -rf "$scratch"' EXIT
cd "$scratch/work"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# skip 'reason': the case cannot run here; ctest counts it as skipped.
skip() {
    echo "skipped: $*"
    exit 77
}

need_shared() { [ -n "$SHARED" ] || skip "no shared data"; }

# as_user COMMAND...: runs it without root's right to read and write everything; skips where root cannot give it up.
as_user() {
    if [ "$(id -u)" != 0 ]; then "$@"; else setpriv --bounding-set=-dac_override,-dac_read_search -- "$@"; fi
}
need_as_user() { as_user true 2>/dev/null || skip "root cannot give up its rights here (setpriv)"; }

# need_python MODULE...
need_python() {
    for module; do
        "$PY" -c "import $module" 2>/dev/null || skip "$PY has no module $module (scripts/install-deps --test)"
    done
}

show_output() {
    sed 's/^/  stdout| /' "$stdout" >&2
    sed 's/^/  stderr| /' "$stderr" >&2
}

# expect_exit CODE COMMAND...: the output is in the files $stdout and $stderr afterwards.
expect_exit() {
    local expected=$1 status=0
    shift
    "$@" >"$stdout" 2>"$stderr" </dev/null || status=$?
    if [ "$status" != "$expected" ]; then
        show_output
        fail "exit status $status, expected $expected: $*"
    fi
}

# expect_output 'regex' COMMAND...: succeeds, and a line of stdout matches.
expect_output() {
    local regex=$1
    shift
    expect_exit 0 "$@"
    if ! grep -Eq -- "$regex" "$stdout"; then
        show_output
        fail "no line of stdout matches '$regex': $*"
    fi
}

# What a reader would take for data under the names given: files, and stores with their metadata in place.
published() {
    local name
    for name; do
        if [ -d "$name" ]; then
            [ -z "$(find "$name" -name __levin -prune -o \( -name zarr.json -o -name .zarray -o -name .zgroup \) -print)" ] ||
                find "$name" -type f -exec cksum {} + | sort -k3
        elif [ -e "$name" ]; then
            cksum "$name"
        fi
    done
}

# expect_error CODE 'regex' COMMAND...: fails with this status, says so on stderr, and publishes or changes nothing in $OUT.
expect_error() {
    local code=$1 regex=$2 before
    shift 2
    # shellcheck disable=SC2086
    before=$(published $OUT)
    expect_exit "$code" "$@"
    if ! tr '\n' ' ' <"$stderr" | grep -Eq -- "$regex"; then
        show_output
        fail "stderr does not match '$regex': $*"
    fi
    # shellcheck disable=SC2086
    [ "$(published $OUT)" = "$before" ] || fail "published or changed '$OUT': $*"
}

# same_bytes A B: the same file, or stores with the same files.
same_bytes() { diff -rq -- "$1" "$2" >&2 || fail "$1 and $2 differ"; }

# The arrays of a store: "." for a single array, else their paths in the group.
arrays_of() {
    (cd "$1" && find . -name __levin -prune -o \( -name zarr.json -o -name .zarray \) -print | sort | while read -r file; do
        case $file in *zarr.json) grep -q '"node_type": *"array"' "$file" || continue ;; esac
        dirname "$file"
    done)
}

# same_values A B: the same arrays with the same shapes, types and values, whatever the chunks and codecs.
same_values() {
    local path
    [ "$(arrays_of "$1")" = "$(arrays_of "$2")" ] || fail "$1 and $2 hold different arrays"
    for path in $(arrays_of "$1"); do
        rm -f "$scratch/a.npy" "$scratch/b.npy"
        levin-export -q "$1/$path" "$scratch/a.npy" && levin-export -q "$2/$path" "$scratch/b.npy" || fail "cannot export $path"
        cmp -s "$scratch/a.npy" "$scratch/b.npy" || fail "$1/$path and $2/$path have different values"
    done
}

# same_arrays A.npy B.npy: NumPy reads the same shape, type and values, NaN at the same places.
same_arrays() {
    "$PY" -c 'import sys, numpy as np
a, b = map(np.load, sys.argv[1:])
assert a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"), (a.dtype, a.shape, b.dtype, b.shape)' "$1" "$2" ||
        fail "$1 and $2 differ"
}

# npy FILE 'expression': writes a NumPy array; np and a seeded generator rng are at hand.
npy() {
    need_python numpy
    "$PY" -c "import sys, numpy as np; rng = np.random.default_rng(1); np.save(sys.argv[1], $2)" "$1"
}

# shellcheck disable=SC1090
. "$script"
