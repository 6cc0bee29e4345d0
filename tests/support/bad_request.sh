# Sourced by the cases about bad input. refuses CODE 'regex' COMMAND...: as expect_error, and nothing is left behind.
refuses() {
    local before
    before=$(ls -A)
    expect_error "$@"
    [ "$(ls -A)" = "$before" ] || fail "leaves $(ls -A | tr '\n' ' ')after: ${*:3}"
}

# refuses_bad_paths COMMAND...: OUTPUT missing from its end; everything that can be wrong with that.
refuses_bad_outputs() {
    touch file
    refuses 1 "file exists and is not a Zarr store" "$@" file
    refuses 1 "file/out.zarr.*Not a directory" "$@" file/out.zarr
    mkdir folder
    touch folder/something
    refuses 1 "folder exists and is not a Zarr store" "$@" folder
    refuses 1 "folder exists and is not a Zarr store" "$@" folder --force
    [ -e folder/something ] || fail "--force removed a folder that is no store"
    refuses 2 "path is empty" "$@" ""
    refuses 2 "pipe" "$@" -
    rm -r file folder
}

# refuses_bad_inputs COMMAND...: INPUT and OUTPUT stand as IN and out.zarr in it.
refuses_bad_inputs() {
    run_on() { local input=$1 code=$2 regex=$3; shift 3; refuses "$code" "$regex" "${@/#IN/$input}"; }
    mkdir empty
    touch nothing.npy
    printf 'no data at all' >text.npy
    run_on nowhere.zarr 1 "nowhere.zarr" "$@"
    run_on empty 1 "empty" "$@"
    run_on nothing.npy 1 "nothing.npy.*empty" "$@"
    run_on text.npy 1 "text.npy" "$@"
    rm -r empty nothing.npy text.npy
}
