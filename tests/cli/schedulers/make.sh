# GNU make runs examples/workflow/Makefile in 8 parts, of which one is killed; the same line again goes on.
command -v make >/dev/null || skip "no make"
. "$SOURCE/tests/support/schedulers/workflow.sh"
cd there
! PATH=$PWD/../killing:$PATH make -s -j 2 -f "$examples/Makefile" N=8 >../said 2>&1 || fail "make does not notice that a part was killed"
[ ! -e clean.zarr/zarr.json ] || fail "a store of which a part is missing is visible"
PATH=$PWD/../killing:$PATH make -s -j 2 -f "$examples/Makefile" N=8 >../said 2>&1 || { cat ../said >&2; fail "make, again"; }
cd ..
check_example
