# Killed at random moments, alone, in parts, and as it replaces an output, a run that is repeated or resumed gives the bytes
# of an undisturbed one; until then a reader finds nothing, or the old output. LEVIN_TEST_KILLS: how often; LEVIN_TEST_SEED.
. "$SOURCE/tests/support/every_tool/sample.sh"
faults=$BIN/../tests/libfaults.so
[ -e "$faults" ] || skip "no preload library"
[ -x "$PY" ] || skip "no $PY"
suffix=.${OUT##*.}
make_input in.zarr --chunks t=7,y=8
# Many chunks, so that there are many moments.
help=$("levin-$TOOL" --help)
case $sample in *--chunks* | *--block*) ;; *) ! grep -q '^  --chunks ' <<<"$help" || sample+=" --chunks y=3" ;; esac
# The command with its own name of the output: the history of a store has the arguments.
sample_command in.zarr "$OUT" -j 2
"${command[@]}"
mv "$OUT" "expected$suffix"
# What is replaced is the work of another request.
options=$(grep -oE '^  (-f, )?--(resume|force|part|merge)\b' <<<"$help" | tr -d '\n')
case $suffix in
    .zarr) "${command[@]}" --codec blosc && mv "$OUT" "old$suffix" ;;
    *) echo old >"old$suffix" ;;
esac
seed=${LEVIN_TEST_SEED:-$RANDOM}
kills=${LEVIN_TEST_KILLS:-100}
echo "seed $seed, $kills kills"
"$PY" "$SOURCE/tests/support/killed.py" "$faults" "$seed" "$kills" "$options" "expected$suffix" "$OUT" "${command[@]}"
