# Through pipes as through stores: the same chunks byte for byte and the same metadata but for the history, whether the
# input, the output or both are pipes, for any number of threads and any chunks.
. "$SOURCE/tests/support/every_tool/sample.sh"
make_input

# The metadata without the history, which names inputs and options.
metadata() {
    "$PY" -c 'import json, sys
text = json.load(open(sys.argv[1]))
text["attributes"].get("levin", {}).pop("history", None)
print(json.dumps(text, indent=1, sort_keys=True))' "$1"
}

# same_store A B: the same chunks and metadata; B may have been unpacked from a stream.
same_store() {
    local array
    [ -d "$1" ] || { same_bytes "$1" "$2"; return; }
    for array in $(arrays_of "$1"); do
        diff -rq -x zarr.json -x __levin -- "$1/$array" "$2/$array" >&2 || fail "$1/$array and $2/$array differ"
        [ "$(metadata "$1/$array/zarr.json")" = "$(metadata "$2/$array/zarr.json")" ] || fail "the metadata of $1/$array and $2/$array differ"
    done
}

store=("--codec" "none")
case $OUT in *.zarr) ;; *) store=() ;; esac
suffix=.${OUT##*.}
several=no  # arrays, for which a pipe has no place
case $TOOL in kmeans | pyramid) several=yes ;; esac
set -o pipefail
for given in "" "t=24,z=1,y=4,x=5" "t=1,z=3,y=17,x=23" "t=5,z=2,y=16,x=7"; do
    rm -rf in.zarr stored* piped* both*
    make_input in.zarr ${given:+--chunks "$given"}
    sample_command in.zarr "stored$suffix" "${store[@]}"
    expect_exit 0 "${command[@]}"
    for threads in 1 7; do
        rm -rf piped* both*
        if [ "$OUT" = out.zarr ] && [ "$several" = no ]; then
            mkdir piped both
            sample_command in.zarr - -j $threads
            "${command[@]}" 2>"$stderr" | tar x -C piped || { show_output; fail "into a pipe, chunks $given, -j $threads"; }
            same_store "stored$suffix" piped
            case $sample in *in.zarr*)
                sample_command - - -j $threads
                levin-copy -q in.zarr - | "${command[@]}" 2>"$stderr" | tar x -C both ||
                    { show_output; fail "through pipes, chunks $given, -j $threads"; }
                same_store "stored$suffix" both ;;
            esac
            rm -rf piped
        fi
        case $sample in *in.zarr*)
            sample_command - "piped$suffix" -j $threads "${store[@]}"
            levin-copy -q in.zarr - --codec zstd -j $threads | "${command[@]}" >"$stdout" 2>"$stderr" ||
                { show_output; fail "from a pipe, chunks $given, -j $threads"; }
            same_store "stored$suffix" "piped$suffix" ;;
        esac
    done
    case $sample in *in.zarr*) ;; *) break ;; esac
done
