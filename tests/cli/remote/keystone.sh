# Keystone's version 3, of which a small part stands in web_server.py, before the real Swift; a token that is refused is asked for
# again, once.
. "$SOURCE/tests/support/remote/remote.sh"
start_swift
levin-synth -q fish fish.zarr --shape t=6,z=2,y=76,x=87 --chunks t=2
in_bucket put fish.zarr in/fish.zarr
levin export -q fish.zarr here.npy
unset "${!ST_@}"
SWIFT_PORT=$swift start_web .
export OS_AUTH_URL=http://127.0.0.1:$web/v3 OS_REGION_NAME=here OS_USERNAME=u OS_PASSWORD=p OS_USER_DOMAIN_NAME=Default OS_PROJECT_NAME=project
levin export -q swift://data/in/fish.zarr there.npy
cmp here.npy there.npy
[ "$(grep -c 'POST 201' "$web_log")" = 2 ] || { cat "$web_log"; fail "the token that nobody knows was not renewed once"; }
OS_PASSWORD=hunter2 expect_error 1 'OS_AUTH_URL: the server answers 401: it does not accept what the variables OS_' levin info swift://data/in/fish.zarr
if grep -q hunter2 "$stderr"; then fail "the password is repeated"; fi
OS_REGION_NAME=nowhere expect_error 1 'no object-store with interface public in region nowhere' levin info swift://data/in/fish.zarr
unset OS_USERNAME OS_PASSWORD OS_USER_DOMAIN_NAME OS_PROJECT_NAME
export OS_APPLICATION_CREDENTIAL_ID=a OS_APPLICATION_CREDENTIAL_SECRET=s OS_AUTH_TYPE=v3applicationcredential
expect_output 't 6, z 2' levin info swift://data/in/fish.zarr
OS_AUTH_TYPE=v3totp expect_error 1 'v3totp is not supported' levin info swift://data/in/fish.zarr
