# Complex numbers: copied, rechunked and transformed back; refused where an order or a mean of magnitudes would be meant.
. "$SOURCE/tests/support/bad_request.sh"
npy in.npy '(rng.normal(size=(5, 3, 4)) + 1j * rng.normal(size=(5, 3, 4))).astype(np.complex64)'
levin-ingest -q in.npy in.zarr --axes tyx
for tool in copy toseries toimages; do
    levin-$tool -q in.zarr $tool.npy
    cmp in.npy $tool.npy || fail "levin-$tool changes complex values"
done
refuses 2 "complex64: the forward transform takes real series; use --inverse" levin-fft in.zarr out.zarr
refuses 2 "max of complex64 is not defined" levin-project max in.zarr out.zarr --axis t
refuses 2 "filter median of complex64 is not defined" levin-filter median in.zarr out.zarr --size 3
for tool in detrend dff "kmeans --clusters 2"; do
    # shellcheck disable=SC2086
    refuses 2 "in.zarr is complex64: ${tool%% *} takes real series" levin-$tool in.zarr out.zarr
done
refuses 2 "complex" levin-copy in.zarr out.zarr --dtype float32
refuses 2 "in.zarr is complex; mask the data before" levin-detrend in.zarr out.zarr --mask in.zarr
refuses 2 "TIFF cannot hold complex64" levin-copy in.zarr out.tif
