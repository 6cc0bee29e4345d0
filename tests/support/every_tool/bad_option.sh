# A misspelt option exits 2, is named, and the right one suggested.
expect_error 2 "--hepl.*--help" "levin-$TOOL" --hepl
[ ! -s "$stdout" ] || fail "an error writes to stdout"
