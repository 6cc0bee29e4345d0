# The same bytes for any layout of the input, number of threads and size of memory.
. "$SOURCE/tests/support/same_everywhere.sh"
make_inputs
for baseline in percentile:20 rolling-percentile:8:9 rolling-mean:5 maximin:2:7; do
    same_everywhere "IN OUT --baseline $baseline --chunks z=1,y=20,x=30"
done
