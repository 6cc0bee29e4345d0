# The same bytes for any number of threads, the same values for any chunks of the input.
. "$SOURCE/tests/support/every_tool/sample.sh"
make_input
suffix=.${OUT##*.}
sample_command in.zarr "one$suffix" -j 1
expect_exit 0 "${command[@]}"
for threads in 2 7; do
    sample_command in.zarr "threads$threads$suffix" -j "$threads"
    expect_exit 0 "${command[@]}"
    same_bytes "one$suffix" "threads$threads$suffix"
done
case $sample in *in.zarr*) ;; *) exit 0 ;; esac
for chunks in t=24,z=1,y=4,x=5 t=1,z=3,y=17,x=23 t=5,z=2,y=16,x=7; do
    make_input "in-$chunks.zarr" --chunks "$chunks"
    sample_command "in-$chunks.zarr" "out-$chunks$suffix"
    expect_exit 0 "${command[@]}"
    same_result "one$suffix" "out-$chunks$suffix"
done
