# `levin TOOL` is levin-TOOL: the same output, the same messages, the same exit status.
expect_output '^  Input and output:$' levin
expect_output '^    filter +[a-z]' levin
expect_output '^Usage: levin ' levin --help
expect_output '^levin \(levin\) [0-9]+\.[0-9]+\.[0-9]+$' levin --version
for tool in levin levin-fft; do expect_output '^FFTW [0-9]+\.[0-9]+\.[0-9]+$' $tool --version; done
levin-filter --help >direct
levin filter --help | cmp - direct || fail "levin filter --help is not levin-filter --help"
expect_error 2 'levin-filter: unknown option --sgma, did you mean --sigma\?.*try: levin-filter --help' levin filter --sgma 3
expect_output 'levin-filter|LEVIN-FILTER' levin help filter

# Tools are found beside levin, whatever PATH says.
expect_exit 0 env PATH=/nonexistent "$BIN/levin" info --version

# Anybody's levin-NAME runs too; one that says nothing of itself is not listed.
mkdir path
printf '#!/bin/sh\necho "mine: $*"; exit 3\n' >path/levin-mine
chmod +x path/levin-mine
expect_exit 3 env PATH="$PWD/path:$PATH" levin mine --force 'a b'
grep -qx 'mine: --force a b' "$stdout" || fail "arguments did not reach the program"
expect_exit 0 env PATH="$PWD/path:$PATH" levin
! grep -q mine "$stdout" || fail "a stranger is listed"
