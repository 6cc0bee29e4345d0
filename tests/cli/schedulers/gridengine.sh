# Grid Engine runs examples/workflow/gridengine.sh in 8 parts. One is killed: it stands in the error state, the steps behind it
# wait, and all goes on when that is cleared. Then the files of fanout, with a part that fails: 75 is tried again, 2 is not.
. "$SOURCE/tests/support/schedulers/workflow.sh"
under gridengine <<'END'
. "$HERE/fanned.sh"
empty() { [ -z "$(qstat)" ]; }
# Eqw, or ERq of one that was tried again.
in_error() { [ "$(qstat | awk '$5 ~ /E/' | wc -l)" = "$1" ]; }
"$EXAMPLES/gridengine.sh" fish.zarr 8
wait_until in_error 1
[ ! -e clean.zarr/zarr.json ] && [ ! -e series.zarr ]
qstat | grep -q hqw
qmod -cj "$(qstat | awk '$5 ~ /E/ { print $1 "." $NF; exit }')" || true  # its status says little
wait_until empty

fanned 2 sge
fanned 75 sge
fanned once sge
published() { [ -e fanned-once/labels.zarr/zarr.json ]; }
wait_until published
wait_until in_error 2
expect_tries 2 1
expect_tries 75 4
expect_tries once 2
END
check_example
check_fanned
