# The files say what each scheduler needs to hear, shells and schedulers' own parsers take them, and wrong requests are refused
# before anything is written.
levin-synth -q fish in.zarr --shape t=60,z=2,y=76,x=87
chain=(levin-filter median in.zarr clean.zarr --size 3 :: levin-kmeans clean.zarr clusters --clusters 3)
for engine in local parallel make slurm sge condor; do
    expect_exit 0 levin-fanout --engine $engine -n 9 --request-cpus 2 --request-memory 1000M --dir jobs-$engine -- "${chain[@]}"
    for script in jobs-$engine/run jobs-$engine/*.sh; do bash -n "$script" || fail "$script"; done
    grep -q -- "--threads 2 --memory 800M" jobs-$engine/step-1.sh || fail "$engine: cores and memory are not said to the part"
    grep -q -- '--part "$part/9"' jobs-$engine/step-1.sh || fail "$engine: no part"
    grep -q -- '--part "$part/9"' jobs-$engine/step-2.sh && grep -q -- '--merge' jobs-$engine/merge-2.sh || fail "$engine: kmeans goes in rounds"
    [ ! -e clean.zarr ] && [ ! -e clusters ] || fail "$engine: files were to be written, nothing else"
done
grep -q -- '--array=1-9 .*--output=.*step-1.%a.log' jobs-slurm/run || fail "slurm: no array"
grep -q -- '--kill-on-invalid-dep=yes --cpus-per-task=2 --mem=1000M --dependency=afterok:$job.*/publish-1.sh' jobs-slurm/run || fail "slurm: $(cat jobs-slurm/run)"
grep -q 'scontrol requeue' jobs-slurm/step-1.sh || fail "slurm: 75 is not tried again"
grep -q '75) exit 99 ;; \*) exit 100' jobs-sge/step-1.sh || fail "sge: 99 and 100"
grep -q -- '-pe smp 2 .*-t 1-9' jobs-sge/run || fail "sge: $(cat jobs-sge/run)"
grep -q 'RETRY ALL_NODES 3 UNLESS-EXIT 2' jobs-condor/workflow.dag && [ "$(grep -c '^JOB step-1-part-[1-9] step-1.sub$' jobs-condor/workflow.dag)" = 9 ] || fail "condor: $(cat jobs-condor/workflow.dag)"
grep -q 'retry_until = ExitCode =!= 75' jobs-condor/step-1.sub && grep -q '^queue$' jobs-condor/step-1.sub || fail "condor: step-1.sub"
grep -q '^SUBDAG EXTERNAL step-2 step-2.dag$' jobs-condor/workflow.dag && grep -q '^ABORT-DAG-ON merge-2 75 RETURN 2$' jobs-condor/step-2.dag || fail "condor: no rounds"
! grep -q 'retry_until' jobs-condor/merge-2.sub || fail "condor: a merge is not tried again without the parts"
for engine in slurm sge; do
    grep -q "bash .*/jobs-$engine/round-2.sh \"\$job\"" jobs-$engine/run && grep -q "75) .*/round-2.sh" jobs-$engine/merge-2.sh || fail "$engine: no rounds"
done
grep -q '^clean.zarr/zarr.json:' jobs-make/Makefile || fail "make: no target"
expect_exit 0 levin-fanout --engine slurm -n 9 --time 01:00:00 --queue long --dir timed -- "${chain[@]}"
grep -q -- '--time=01:00:00 --partition=long' timed/run || fail "slurm: time and queue"

# Without --request-memory a part asks for what its plan takes, not less than half a gigabyte, and reads no more for that.
expect_exit 0 levin-fanout --engine condor -n 9 --dir fitted -- "${chain[@]}"
grep -q '^request_memory = 512M$' fitted/step-1.sub && grep -q -- '--memory 409M' fitted/step-1.sh || fail "not fitted: $(cat fitted/step-1.*)"
mkdir large.zarr
cat >large.zarr/zarr.json <<'END'
{"zarr_format": 3, "node_type": "array", "shape": [600, 1024, 1024], "data_type": "uint16", "fill_value": 0,
 "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [10, 1024, 1024]}},
 "chunk_key_encoding": {"name": "default"}, "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
 "dimension_names": ["t", "y", "x"]}
END
expect_exit 0 levin-fanout --engine slurm -n 2 --dir roomy --request-memory 2G -- levin-toseries large.zarr series.zarr
expect_exit 0 levin-fanout --engine slurm -n 2 --dir large -- levin-toseries large.zarr series.zarr
[ "$(grep '^# *reads' large/step-1.sh)" = "$(grep '^# *reads' roomy/step-1.sh)" ] || fail "reads more: $(cat large/step-1.sh)"
asked=$(grep -oE -- '--mem=[0-9]+' large/run | head -n 1 | cut -d= -f2)
[ "$asked" -gt 512 ] && [ "$asked" -le 2048 ] || fail "asks for $asked MiB: $(cat large/step-1.sh)"

OUT='clean.zarr clusters jobs'
expect_error 1 'jobs-make exists; use --force' levin-fanout --engine make -n 2 --dir jobs-make -- "${chain[@]}"
expect_exit 0 levin-fanout --engine make -n 2 --dir jobs-make --force -- "${chain[@]}"
mkdir mine
expect_error 1 'holds no job files' levin-fanout --engine make -n 2 --dir mine --force -- "${chain[@]}"
expect_error 2 "'ls' is no tool" levin-fanout --engine make -n 2 -- ls in.zarr
expect_error 2 'no command before or after' levin-fanout --engine make -n 2 -- levin-copy in.zarr out.zarr ::
expect_error 2 'levin-copy has no option --sise' levin-fanout --engine make -n 2 -- levin-copy in.zarr out.zarr --sise 3
expect_error 2 'leave --part out' levin-fanout --engine make -n 2 -- levin-copy in.zarr out.zarr --part 1/2
expect_error 2 'no OUTPUT' levin-fanout --engine make -n 2 -- levin-copy in.zarr
expect_error 1 'cannot run with 2.0 GiB' levin-fanout --engine make -n 2 -- levin-copy absent.zarr out.zarr
expect_error 2 '--parts 0' levin-fanout --engine make -n 0 -- "${chain[@]}"
expect_error 2 '--queue long: --engine make has no such thing' levin-fanout --engine make -n 2 --queue long -- "${chain[@]}"
expect_error 2 'make takes no target' levin-fanout --engine make -n 2 -- levin-copy in.zarr 'a b.zarr'
[ ! -e jobs ] || fail "a refused request writes job files"
