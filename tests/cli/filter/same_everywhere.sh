# The same bytes for any layout of the input, number of threads and size of memory.
. "$SOURCE/tests/support/same_everywhere.sh"
make_inputs
chunks="--chunks t=9,z=1,y=20,x=30"
same_everywhere "median IN OUT --size z=2,y=5,x=3 --mode mirror $chunks"
same_everywhere "gaussian IN OUT --sigma t=1,y=2.5,x=1.3 --mode constant:3 $chunks"
same_everywhere "uniform IN OUT --size t=6,z=1,y=9,x=4 --mode wrap $chunks"
same_everywhere "max IN OUT --size t=3,y=31,x=3 --nan propagate $chunks"
same_everywhere "laplace IN OUT --filter-axes tzyx $chunks"
same_everywhere "sobel IN OUT $chunks"
