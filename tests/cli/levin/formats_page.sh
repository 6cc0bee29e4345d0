# levin-formats(7) has a paragraph for every format there is, and names no other.
page=$SOURCE/man/levin-formats.7
touch file.bin
expect_error 2 "unknown format 'nonsense': expected one of" levin-info nonsense:file.bin
sed -n 's/.*expected one of //p' "$stderr" | tr -d ' ' | tr ',' '\n' | sort >known
sed -n '/^\.SH FILES/,/^\.SH NOT/p' "$page" | grep -A 1 '^\.TP' | sed -n 's/^\.BR* //p' | tr -d '",\\' | tr ' ' '\n' | sed '/^$/d' | sort >told
[ -s known ] || fail "no format is known"
cmp known told >&2 || fail "the page and the program differ: $(diff known told)"
