# Every store of other implementations reads with the listed hash, directly and after levin copy.
need_shared
need_python numpy
[ -d "$SHARED/zarr" ] || skip "no foreign stores"
grep '^| [a-z].*\.zarr' "$SHARED/zarr/MANIFEST.md" | tr -d ' ' | tr '|' ' ' | while read -r line; do
    set -- $line
    printf '%s %s\n' "$1" "${!#}"
done >list
[ "$(wc -l <list)" -ge 29 ] || fail "only $(wc -l <list) stores in the manifest"
while read -r name hash; do
    rm -rf copy.zarr direct.raw copy.raw
    case $name in
        zero-length*) axes=yx ;;
        zero-d*) axes= ;;
        fill-complex* | *scale*) axes=yx ;;
        *) axes=zyx ;;
    esac
    levin-export -q "$SHARED/zarr/good/$name" direct.raw ${axes:+--axes "$axes"} || fail "$name does not export"
    levin-copy -q "$SHARED/zarr/good/$name" copy.zarr ${axes:+--axes "$axes"} || fail "$name does not copy"
    levin-export -q copy.zarr copy.raw
    for file in direct copy; do
        [ "$(sha256sum "$file.raw" | cut -c1-16)" = "$hash" ] || fail "$name: values of the $file are not those listed"
    done
    levin-check "$SHARED/zarr/good/$name" >"$stdout" || fail "$name has faults"
    levin-check copy.zarr >"$stdout" || fail "the copy of $name has faults"
done <list
# A group opens at level 0, or as told.
group=$SHARED/zarr/good/ngffzarr-tensorstore-ome0.5.zarr
for level in 0 1 2; do
    levin-export -q "$group" "level$level.raw" --level "$level"
    levin-export -q "$group/scale$level/image" "array$level.raw"
    cmp "level$level.raw" "array$level.raw" || fail "level $level is another array"
done
levin-export -q "$group" level.raw
cmp level.raw level0.raw || fail "a group does not open at level 0"
OUT=x.raw
expect_error 2 'level 3: the image has levels 0 to 2' levin-export "$group" x.raw --level 3
