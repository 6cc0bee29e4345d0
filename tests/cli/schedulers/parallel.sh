# GNU parallel runs examples/workflow/parallel.sh in 8 parts on two nodes that it reaches by ssh; one is killed, and tried again.
command -v parallel >/dev/null || skip "no GNU parallel"
. "$SOURCE/tests/support/schedulers/workflow.sh"
under nodes <<'END'
"$EXAMPLES/parallel.sh" fish.zarr 8 --sshlogin 1/node1,1/node2 --workdir . --env PATH --joblog joblog
END
check_example
