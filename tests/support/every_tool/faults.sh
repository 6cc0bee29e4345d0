# The n-th call of the system that changes a file fails, for n = 1, 2, 3 ...: status 1 or 75, a path is named, nothing is
# published, and the same command again, with --resume where it has that, gives the bytes of an undisturbed run.
. "$SOURCE/tests/support/every_tool/sample.sh"
faults=$BIN/../tests/libfaults.so
[ -e "$faults" ] || skip "no preload library"
make_input
sample_command in.zarr "expected.${OUT##*.}" -j 1
"${command[@]}"
sample_command in.zarr "$OUT" -j 1
again=("${command[@]}")
if "levin-$TOOL" --help | grep -q '^  --resume'; then again+=(--resume); fi

# fault CALL ERROR [OPTION]
fault() {
    local n status
    for n in $(seq 40) $(seq 47 7 3000); do  # all, and of many some
        rm -rf hit "$OUT"
        status=0
        LD_PRELOAD=$faults LEVIN_FAULT=$1:$n:$2 LEVIN_FAULT_HIT=$PWD/hit "${command[@]}" "${@:3}" >said 2>message || status=$?
        if [ ! -e hit ]; then
            [ "$status" = 0 ] || { cat message >&2; fail "exit status $status without a fault"; }
            [ "$n" -gt 1 ] || [ "$1" = mkdir ] || fail "$1 is never called"
            return
        fi
        faulty=$((faulty + 1))
        case $status in
            0) ;;  # it was called again, or nothing hung on it; the bytes will tell
            1 | 75)
                # The last fsync is that of the folder in which the metadata are in their place already.
                [ "$1" = fsync ] || [ ! -e "$OUT/zarr.json" ] && [ ! -f "$OUT" ] || fail "$1 $n, $2: published, and exit status $status"
                grep -qE "${OUT%.*}|in[.]" message || { cat message >&2; fail "$1 $n, $2: the message names no path"; }
                "${again[@]}" >said 2>message || { cat message >&2; fail "$1 $n, $2: --resume fails"; }
                ;;
            *) cat message >&2; fail "$1 $n, $2: exit status $status" ;;
        esac
        same_bytes "expected.${OUT##*.}" "$OUT"
        [ -z "$(find . -name '*levin-*')" ] || fail "$1 $n, $2 leaves $(find . -name '*levin-*')"
    done
    fail "$1: more than 3000 calls"
}

faulty=0
ENOSPC=28 EIO=5 EMFILE=24 EACCES=13
fault open $EMFILE
fault open $EACCES
fault write $ENOSPC
fault write short
fault close $EIO
fault rename $EIO
fault mkdir $ENOSPC
case " ${again[*]} " in *" --resume "*) fault fsync $EIO --fsync ;; esac
echo "$faulty faults"
