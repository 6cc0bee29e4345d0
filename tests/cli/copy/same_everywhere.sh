# The same bytes for any layout of the input, number of threads and size of memory.
. "$SOURCE/tests/support/same_everywhere.sh"
make_inputs
same_everywhere "IN OUT --chunks t=11,z=1,y=33,x=8"
same_everywhere "IN OUT --select t=5:38:3,y=-20:,z=1 --chunks t=4,y=7,x=50 --dtype float64"
