# The same bytes for any layout of the input, number of threads and size of memory.
. "$SOURCE/tests/support/same_everywhere.sh"
make_inputs
same_everywhere "IN OUT --clusters 4 --seed 3"
same_everywhere "IN OUT --clusters 3 --scale zscore --init random --max-iter 5"
