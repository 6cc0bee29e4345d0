# What brings dozens of libraries is loaded when it is needed, and a program that was copied alone says what it misses.
command -v ldd >/dev/null || skip "no ldd"
ldd "$BIN/levin-info" >libraries
grep -q libtiff libraries || fail "ldd does not list libraries"
if grep -E 'hdf5|matio|curl' libraries >&2; then fail "a library of a module is linked into the program"; fi

module=$(cd "$BIN/.." && find . -maxdepth 5 -name levin-hdf5.so | head -n 1)
[ -n "$module" ] || fail "no module beside the programs"
mkdir -p bin "$(dirname "$module")"
cp "$BIN/levin-info" bin
PATH=$PWD/bin:$PATH
printf '\211HDF\r\n\032\n' >file.h5
# A levin that is installed on this machine would serve, if it is of this version.
expect_error 1 'module hdf5 is missing: it is neither .*/levin-hdf5.so nor .*/levin-hdf5.so; install levin whole|cut off' levin-info file.h5
echo nonsense >"$module"
expect_error 1 'module hdf5 cannot be loaded: .*levin-hdf5.so: ' levin-info file.h5
