# Of uncompressed chunks every thread reads its own rows: results are those of any other input, nothing
# is read twice, and memory holds rows instead of chunks.
levin-synth -q random in.zarr --shape t=70,y=512,x=256
levin-copy -q in.zarr plain.zarr --codec none --chunks t=25
levin-export -q in.zarr in.npy
all=max,std,median,snr,argmin
for axes in t y,x t,y,x; do
    levin-project -q "$all" in.zarr "of_chunks_$axes" --axis "$axes"
    levin-project -q "$all" plain.zarr "of_rows_$axes" --axis "$axes"
    levin-project -q "$all" plain.zarr "of_one_thread_$axes" --axis "$axes" --threads 1
    levin-project -q "$all" in.npy "of_npy_$axes" --axis "$axes" --axes tyx
    for name in max std median snr argmin; do
        same_values "of_chunks_$axes/$name" "of_rows_$axes/$name"
        same_values "of_chunks_$axes/$name" "of_one_thread_$axes/$name"
        same_values "of_chunks_$axes/$name" "of_npy_$axes/$name"
    done
done
levin-project std plain.zarr std.zarr --axis t --threads 2 --memory 32M --dry-run >plan
grep -q 'reads .*35.0 MiB (decoded) of 35.0 MiB' plan || fail "$(cat plan)"
levin-project -q std plain.zarr std.zarr --axis t --threads 2 --memory 32M
same_values std.zarr of_rows_t/std
# A row of the wrong length is no row.
truncate -s -1 plain.zarr/c/2/0/0
expect_error 1 'plain.zarr/c/2/0/0: 13107199 bytes of elements, where the chunk has 13107200' \
    levin-project -q std plain.zarr bad.zarr --axis t
