# Sourced by cases that prove that --memory bounds the resident size of a process, whatever the size of the data.
#
#   bounded COMMAND...      runs COMMAND --memory 512M -q; its peak must stay within 10 % of that

limit=512
bounded() {
    "$PY" - "$limit" "$@" --memory "${limit}M" -q <<'END' || fail "$*"
import os, sys
limit, command = int(sys.argv[1]), sys.argv[2:]
process = os.posix_spawnp(command[0], command, os.environ)
_, status, usage = os.wait4(process, 0)
peak = usage.ru_maxrss / 1024
print(f"{peak:6.0f} MiB  {' '.join(command)}", flush=True)
sys.exit(os.waitstatus_to_exitcode(status) or (peak > 1.1 * limit and f"{peak:.0f} MiB, where {limit} MiB are the limit"))
END
}
# A transposition through scratch needs the data's size on disk.
TMPDIR=$PWD
export TMPDIR
[ "$(df --output=avail -B1G . | tail -n 1)" -ge 14 ] || skip "less than 14 GB of disk free"
