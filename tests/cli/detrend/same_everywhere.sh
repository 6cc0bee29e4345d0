# The same bytes for any layout of the input, number of threads and size of memory.
. "$SOURCE/tests/support/same_everywhere.sh"
make_inputs
same_everywhere "IN OUT --chunks z=1,y=20,x=30"
same_everywhere "IN OUT --type polynomial --order 4 --keep mean --chunks z=1,y=20,x=30"
