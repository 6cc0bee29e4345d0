# The same file from any layout of the store, with any number of threads, in little memory.
. "$SOURCE/tests/support/same_everywhere.sh"
make_inputs
# shellcheck disable=SC2154
for input in $inputs; do
    [ "$input" != data.npy ] || continue
    for threads in 1 7; do
        for suffix in tif npy raw; do
            levin-export -q "$input" "out.$suffix" -f -j "$threads" --memory 60M
            [ -e "first.$suffix" ] || mv "out.$suffix" "first.$suffix"
            [ ! -e "out.$suffix" ] || cmp "first.$suffix" "out.$suffix" || fail "$input -j $threads: another $suffix"
        done
        levin-export -q "$input[z=0,t=::4]" out.png -f -j "$threads" --contrast 1,99 --colormap magma
        [ -e first.png ] || mv out.png first.png
        [ ! -e out.png ] || cmp first.png out.png || fail "$input -j $threads: another png"
    done
done
"$PY" -c "
import numpy as np
assert np.array_equal(np.load('first.npy'), np.load('data.npy'), equal_nan=True)"
