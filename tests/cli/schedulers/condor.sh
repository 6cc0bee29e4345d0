# HTCondor's DAGMan runs examples/workflow/condor in 8 parts, of which one is killed, and its step tried again. Then the files of
# fanout, with a part that fails: 75 is tried again, 2 is not.
. "$SOURCE/tests/support/schedulers/workflow.sh"
under condor <<'END'
. "$HERE/fanned.sh"
ended() { condor_wait -wait 120 "$1.dagman.log" && grep -q "EXITING WITH STATUS $2" "$1.dagman.out"; }
cp "$EXAMPLES"/condor/* .
condor_submit_dag fish.dag
ended fish.dag 0

fanned 2 condor --request-memory 250M
ended fanned-2/jobs/workflow.dag 1
expect_tries 2 1
fanned once condor --request-memory 250M
ended fanned-once/jobs/workflow.dag 0
expect_tries once 2
# By the job itself: DAGMan has submitted it once.
[ "$(grep -c 'DAG Node: step-1-part-2$' fanned-once/jobs/workflow.dag.nodes.log)" = 1 ] || { echo "DAGMan has tried again" >&2; exit 1; }
END
check_example
check_fanned
