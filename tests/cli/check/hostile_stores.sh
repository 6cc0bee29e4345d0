# Stores that lie or are damaged are refused with a message that names them, by info or check, quickly and in little
# memory; those named OK are accepted.
need_shared
[ -d "$SHARED/zarr/hostile" ] || skip "no hostile stores"
ulimit -v 4000000
for store in "$SHARED"/zarr/hostile/*.zarr; do
    name=$(basename "$store" .zarr)
    info=0 check=0
    levin-info "$store" >"$stdout" 2>"$stderr" || info=$?
    case $name in
        OK-shape-huge)
            [ "$info" = 0 ] || { show_output; fail "$name: info exits $info"; }
            grep -q 1099511627776 "$stdout" || { show_output; fail "$name: no shape"; }
            continue
            ;;
    esac
    levin-check "$store" >>"$stdout" 2>>"$stderr" || check=$?
    case $name in
        OK-*) [ "$info$check" = 00 ] || { show_output; fail "$name: info exits $info, check exits $check"; } ;;
        *)
            [[ $check = [12] && $info = [012] ]] || { show_output; fail "$name: info exits $info, check exits $check"; }
            grep -q "$name" "$stderr" || { show_output; fail "$name is not named"; }
            status=0
            levin-copy -q "$store" out.zarr --axes zyx >"$stdout" 2>"$stderr" || status=$?
            [[ $status = [12] ]] || { show_output; fail "$name: copy exits $status"; }
            [ -z "$(published out.zarr)" ] || fail "$name: copy publishes"
            rm -rf out.zarr
            ;;
    esac
done
# The message says what is wrong.
says() {
    levin-check "$SHARED/zarr/hostile/$1.zarr" >"$stdout" 2>"$stderr" && fail "$1 is accepted"
    cat "$stdout" "$stderr" | grep -Eq -- "$2" || { show_output; fail "$1: nothing matches '$2'"; }
}
says unknown-codec frobnicate
says dtype-unknown uint24
says zarr-format-4 'zarr_format.* 4|version 4|zarr_format 4'
says shape-negative '-1'
says crc32c-mismatch 'crc32c'
says shard-index-crc 'index.*crc32c|crc32c.*index'
says shard-offset-beyond-end 'c/[0-9/]*'
says zstd-checksum-mismatch 'checksum'
says zstd-bomb-64MiB '67108864|64 MiB|more than|256'
says chunk-empty-file 'empty|0 bytes'
says raw-chunk-long '258|129'
says raw-chunk-short '254|127'
says fill-out-of-range 'fill_value'
says endian-missing 'endian'
says json-truncated 'zarr.json|JSON'
