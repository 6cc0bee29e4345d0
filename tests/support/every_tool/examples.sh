# The examples of the manual are requests that the tool understands: without their input they fail as work, not as a wrong
# request.
"levin-$TOOL" --help | sed -n '/^Examples:/,/^[A-Z][a-z ]*:$/p' | sed -n 's/^  \(levin .*\)/\1/p' >examples
[ -s examples ] || fail "the manual has no example"
while IFS= read -r example; do
    status=0
    bash -c "set -o pipefail; ${example%%|*}" >"$stdout" 2>"$stderr" </dev/null || status=$?
    [ $status -le 1 ] || { show_output; fail "exit status $status: $example"; }
done < <(grep -v '^levin synth' examples)
# What needs no input says what it would do.
grep '^levin synth' examples | while IFS= read -r example; do expect_exit 0 bash -c "$example --dry-run"; done || exit 1
