# Same bytes however the input is stored, with any threads, in parts, and in the least memory, in which most levels grow
# while batches of the first go by.
. "$SOURCE/tests/support/same_everywhere.sh"
make_inputs
same_everywhere "IN OUT --chunks t=7,z=1,y=16,x=16 --factor y=2,x=2 --levels 3"
same_everywhere "IN OUT --chunks t=40,z=2,y=5,x=11 --factor z=2,y=3,x=2 --levels 2 --method mode"
same_everywhere "IN OUT --chunks t=8,z=1,y=8,x=8 --shards t=16,y=24,x=16 --factor y=2,x=2 --levels 4 --codec gzip"
