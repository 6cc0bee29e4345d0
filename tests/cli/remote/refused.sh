# What is no URL for levin is refused by name, before anything is asked, and what could be a secret is not repeated.
. "$SOURCE/tests/support/remote/remote.sh"
expect_error 2 'gs:// is not supported; supported are http://, https://, s3:// and swift://' levin info gs://bucket/x.zarr
expect_error 2 'file:// is not supported' levin info file:///etc/passwd
for url in https://user:hunter2@host/x.zarr s3://AKIA:hunter2@bucket/x 'https://host/x.tif?X-Amz-Signature=hunter2' swift://hunter2@c/x; do
    expect_error 2 'would stay in histories and logs' levin info "$url"
    if grep -q hunter2 "$stdout" "$stderr"; then fail "$url is repeated"; fi
    expect_error 2 'would stay in histories and logs' levin project mean "$url" out.zarr --axis t
    if grep -q hunter2 "$stdout" "$stderr"; then fail "$url is repeated"; fi
done
expect_error 1 'no credentials for s3://: set AWS_ACCESS_KEY_ID' levin info s3://bucket/x.zarr
expect_error 1 'no credentials for swift://: set OS_STORAGE_URL' levin info swift://container/x.zarr
export AWS_ENDPOINT_URL=ftp://hunter2/ AWS_NO_SIGN_REQUEST=YES
expect_error 2 'AWS_ENDPOINT_URL: expected http://HOST' levin info s3://bucket/x.zarr
if grep -q hunter2 "$stderr"; then fail "the endpoint is repeated"; fi
