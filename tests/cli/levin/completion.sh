# Completion knows every tool and option, in bash by way of COMP_WORDS.
for shell in bash zsh fish; do
    expect_exit 0 levin completion "$shell"
    cp "$stdout" "levin.$shell"
    [ ! -s "$stderr" ] || fail "levin completion $shell writes to stderr"
    for tool in synth ingest export info check copy toseries toimages pyramid project filter detrend fft dff kmeans; do
        grep -q "$tool" "levin.$shell" || fail "$shell: no $tool"
    done
done
offers() {  # the words of a command line; what bash offers for the last one
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _levin
    echo "${COMPREPLY[*]}"
}
# shellcheck disable=SC1091
. ./levin.bash
[ "$(offers levin filt)" = filter ] || fail "levin filt: $(offers levin filt)"
[ "$(offers levin filter gaus)" = gaussian ] || fail "levin filter gaus: $(offers levin filter gaus)"
[ "$(offers levin-filter --mode refl)" = reflect ] || fail "levin-filter --mode refl: $(offers levin-filter --mode refl)"
[ "$(offers levin fft --wind)" = --window ] || fail "levin fft --wind: $(offers levin fft --wind)"
if command -v zsh >/dev/null; then zsh -n levin.zsh || fail "zsh cannot read its script"; else echo "skipped: zsh: not installed"; fi
if command -v fish >/dev/null; then fish --no-execute levin.fish || fail "fish cannot read its script"; else echo "skipped: fish: not installed"; fi
