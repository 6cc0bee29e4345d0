# The same bytes for any layout of the input, number of threads and size of memory.
. "$SOURCE/tests/support/same_everywhere.sh"
make_inputs
statistics=max,min,sum,mean,std,var,range,argmax,argmin,count,snr
same_everywhere "$statistics IN OUT --axis t --chunks z=1,y=20,x=30"
same_everywhere "$statistics IN OUT --axis t,y --chunks z=1,x=30"
same_everywhere "$statistics,median,percentile:7 IN OUT --axis z,x --chunks t=11,y=9"
same_everywhere "$statistics IN OUT --axis t,z,y,x"
