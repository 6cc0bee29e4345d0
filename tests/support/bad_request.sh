# Sourced by the cases about bad input. refuses CODE 'regex' COMMAND...: as expect_error, and nothing is left behind.
refuses() {
    local before
    before=$(ls -A)
    expect_error "$@"
    [ "$(ls -A)" = "$before" ] || fail "leaves $(ls -A | tr '\n' ' ')after: ${*:3}"
}
