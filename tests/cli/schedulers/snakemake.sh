# Snakemake runs examples/workflow/Snakefile in 8 parts, of which one is killed, and tried again.
command -v snakemake >/dev/null || skip "no snakemake (scripts/install-deps --schedulers)"
. "$SOURCE/tests/support/schedulers/workflow.sh"
cd there
export HOME=$PWD XDG_CACHE_HOME=$PWD/cache  # it keeps caches there
PATH=$PWD/../killing:$PATH snakemake --cores 2 -s "$examples/Snakefile" --config parts=8 >../said 2>&1 ||
    { cat ../said >&2; fail "snakemake"; }
snakemake --cores 2 -s "$examples/Snakefile" --config parts=8 >../said 2>&1 && grep -q 'Nothing to be done' ../said ||
    { cat ../said >&2; fail "snakemake does what is done"; }
cd ..
check_example
