# --help works without any argument, on stdout, and knows the standard options and exit statuses.
expect_output '[Uu]sage' "levin-$TOOL" --help
grep -q -- --version "$stdout" || fail "--help does not mention --version"
awk 'length > 120 { exit 1 }' "$stdout" || fail "--help has lines of more than 120 columns"
[ ! -s "$stderr" ] || fail "--help writes to stderr"
expect_output "^levin-$TOOL .*[0-9]+\.[0-9]+\.[0-9]+" "levin-$TOOL" --version
# Every module loads into every tool: a library whose version cannot be told is one that is not there.
! grep -n unknown "$stdout" >&2 || fail "--version does not know them all"
