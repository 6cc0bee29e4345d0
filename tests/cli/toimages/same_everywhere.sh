# The same bytes for any layout of the input, number of threads and size of memory.
. "$SOURCE/tests/support/same_everywhere.sh"
make_inputs
same_everywhere "IN OUT --chunks t=3,z=1"
same_everywhere "IN OUT --chunks t=1,z=2,y=35,x=45 --shards t=4 --codec none"
