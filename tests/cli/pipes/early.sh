# Programs that leave a pipeline early: the one before ends quietly, the one after fails and publishes nothing, and no
# scratch stays, whatever happens.
mkdir scratch
export TMPDIR=$PWD/scratch
levin-synth random in.zarr --shape t=64,z=4,y=128,x=160 --chunks t=1 -q --codec none  # 20 MiB, far beyond a pipe
nothing_left() { [ -z "$(ls -A scratch)" ] || fail "$1 leaves $(ls -A scratch)"; }

# A reader that has enough: 141 as for any filter, without a word; also where SIGPIPE is ignored.
for output in - npy:-; do
    levin-copy in.zarr "$output" 2>stderr | head -c 1000 >/dev/null
    status=("${PIPESTATUS[@]}")
    [ "${status[0]}" = 141 ] || fail "$output: exit status ${status[0]} with a reader that stops early"
    [ ! -s stderr ] || fail "$output: says $(cat stderr)"
    (trap '' PIPE; levin-copy in.zarr "$output" 2>stderr || echo $? >code) | head -c 1000 >/dev/null
    [ "$(cat code)" = 141 ] && [ ! -s stderr ] || fail "$output: SIGPIPE ignored: $(cat code stderr)"
    nothing_left "a reader that stops early ($output)"
done

# A reader that fails: its own error, and 141 before it.
levin-copy -q in.zarr - 2>stderr1 | levin-filter median - out.zarr --size 3 --filter-axes q 2>stderr2 || status=("${PIPESTATUS[@]}")
[ "${status[*]}" = "141 2" ] || fail "exit status ${status[*]}"
[ ! -s stderr1 ] && grep -q "q" stderr2 || fail "$(cat stderr1 stderr2)"

# A writer that is killed, or fails, in the middle of three: everybody after it fails.
mkfifo gate
(levin-copy -q in.zarr - | head -c 9000000; sleep 100 & echo $! >pid; wait) >gate &
levin-filter median - - --size 3 <gate 2>stderr1 | levin-copy -q - out.zarr 2>stderr2 &
reader=$!
until [ -s pid ]; do sleep 0.1; done
kill -9 "$(cat pid)"
status=0
wait $reader || status=$?
[ $status = 1 ] || fail "exit status $status after a dead writer"
grep -q "standard input: " stderr1 && grep -q "standard input: .*\(end marker\|cut off\|arrived\)" stderr2 || fail "$(cat stderr1 stderr2)"
[ -z "$(published out.zarr)" ] || fail "published after a dead writer"
rm -rf out.zarr
nothing_left "a dead writer"

# SIGTERM reaches those that wait: for bytes, and for room in the pipe.
stops() {
    kill -$signal $waits || { kill $keeper; fail "$1 did not wait"; }
    status=0
    wait $waits || status=$?
    kill $keeper
    wait $keeper 2>/dev/null || true  # so that the next writer does not find it reading and then gone
    [ $status = $((128 + $(kill -l $signal))) ] || fail "$1 that waits: exit status $status after SIG$signal"
}
for signal in TERM INT; do
    sleep 1000 >gate 2>/dev/null & keeper=$!
    env --default-signal=INT levin-copy - out.zarr <gate 2>stderr & waits=$!
    sleep 0.5
    stops "a reader"
    [ -z "$(published out.zarr)" ] || fail "published"
    rm -rf out.zarr
    for output in - npy:-; do
        sleep 1000 <gate >/dev/null 2>&1 & keeper=$!
        env --default-signal=INT levin-copy in.zarr $output >gate 2>stderr & waits=$!
        sleep 1
        stops "a writer"
        ! grep -q -- --resume stderr || fail "promises to resume a pipe: $(cat stderr)"
        nothing_left "SIG$signal ($output)"
    done
done

# kill -9 with chunks in scratch: the file has no name.
(levin-copy -q in.zarr - --chunks t=1; exec sleep 1000) >gate & keeper=$!
levin-toseries - out.zarr --memory 36M -j 1 --block y=16,x=16 -v <gate 2>stderr & reader=$!
for ((i = 0; i < 100; i++)); do ! grep -q scratch stderr || break; sleep 0.1; done
kill -0 $reader || fail "not killed in time: $(cat stderr)"
kill -9 $reader $keeper
wait $reader 2>/dev/null || true
nothing_left "kill -9"
[ -z "$(published out.zarr)" ] || fail "published after kill -9"
