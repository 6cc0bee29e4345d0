# Too little memory is refused before any work, says how much would do, and leaves nothing that stands in the way.
. "$SOURCE/tests/support/bad_request.sh"
levin-synth random in.zarr --shape t=40,y=250,x=250 --seed 1 --chunks t=40 -q
while IFS='|' read -r tool arguments; do
    # shellcheck disable=SC2086
    refuses 1 "the program itself needs [0-9.]+ MiB of memory, the limit is 1.0 MiB \(--memory\)" levin-$tool $arguments --memory 1M
    # shellcheck disable=SC2086
    refuses 1 "needs [0-9.]+ MiB of memory, the limit is 24.0 MiB \(--memory\): give more --memory" levin-$tool $arguments --memory 24M -j 2
done <<'END'
copy|in.zarr out.zarr --chunks t=40,y=250,x=250
toimages|in.zarr out.zarr --chunks t=40
toseries|in.zarr out.zarr --block y=250,x=250
filter|median in.zarr out.zarr --size 3 --chunks t=40,y=250,x=250
detrend|in.zarr out.zarr --chunks y=250,x=250
fft|in.zarr out.zarr --chunks y=250,x=250
dff|in.zarr out.zarr --chunks y=250,x=250
kmeans|in.zarr out.zarr --clusters 500
pyramid|in.zarr out.zarr --chunks t=40,y=250,x=250
END
# More than the job may have: both figures, before any work.
OUT=never.zarr
expect_error 2 '--memory 64.0 GiB: this job may use [0-9.]+ GiB more' sh -c 'ulimit -v 4000000; levin-synth fish never.zarr --memory 64G'
