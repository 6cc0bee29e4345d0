# The same bytes for any layout of the input, number of threads and size of memory.
. "$SOURCE/tests/support/same_everywhere.sh"
make_inputs
for value in power phase real-imag complex; do same_everywhere "IN OUT --value $value --chunks z=1,y=20,x=30"; done
same_everywhere "IN OUT --value coherence --frequency 3 --chunks z=1,y=20,x=30"
