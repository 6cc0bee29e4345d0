# What cannot be a baseline is refused by name, before anything is written.
npy in.npy 'np.ones((10, 4), np.float32)'
levin-ingest -q in.npy in.zarr --axes tx
OUT="out.zarr f0.zarr"
while IFS='|' read -r regex arguments; do
    # shellcheck disable=SC2086
    expect_error 2 "$regex" levin-dff in.zarr out.zarr --baseline-out f0.zarr $arguments
done <<'END'
percentile.*101|--baseline percentile:101
percentile|--baseline percentile
percentile|--baseline percentile:x
percentile.*-1|--baseline percentile:-1
minimum.*percentile|--baseline minimum
frames|--baseline frames:3:3
frames.*11|--baseline frames:3:11
frames|--baseline frames:3
window|--baseline rolling-mean:0
window|--baseline rolling-mean:-3
spacing|--baseline rolling-mean:60s
whole number|--baseline rolling-mean:2.5
maximin|--baseline maximin:3
sigma|--baseline maximin:-1:5
offset|--offset nan
offset|--offset inf
END
npy complex.npy 'np.ones((10, 4), np.complex64)'
expect_error 2 "complex64: dff takes real series" levin-dff complex.npy out.zarr --axes tx
npy image.npy 'np.ones((10, 4), np.float32)'
expect_error 2 "no axis t: its axes are yx" levin-dff image.npy out.zarr
expect_error 2 "--baseline-out f0.zarr is the output itself" levin-dff in.zarr f0.zarr --baseline-out f0.zarr
