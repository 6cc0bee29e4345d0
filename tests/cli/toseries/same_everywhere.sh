# The same bytes for any layout of the input, number of threads and size of memory.
. "$SOURCE/tests/support/same_everywhere.sh"
make_inputs
same_everywhere "IN OUT --block y=16,x=30"
same_everywhere "IN OUT --block z=2,y=7,x=11 --shards y=28,x=33"
