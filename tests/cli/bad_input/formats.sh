# Every kind of bad file in every format that levin reads, through a tool that reads values: missing, empty, not readable,
# cut off, lying about its size. The file is named, the status is 1, nothing is published.
. "$SOURCE/tests/support/bad_request.sh"
need_python numpy tifffile
npy a.npy 'rng.integers(1, 60000, (6, 3, 40, 30)).astype("u2")'
levin-ingest -q a.npy a.zarr --axes tzyx --chunks t=2 --codec none
levin-export -q a.zarr a.tif
levin-export -q 'a.zarr[t=0,z=0]' a.png
levin-export -q a.zarr a.raw
levin-export -q a.zarr a.nii
levin-export -q a.zarr a.fits
levin-export -q a.zarr a.nii.gz
levin-export -q a.zarr thunder-series:series
levin-export -q a.zarr thunder-images:images
raw="--shape t=6,z=3,y=40,x=30 --input-dtype uint16"

# of FORMAT|the whole input|the file in it that is damaged|options
formats='tiff|a.tif|a.tif|--axes tzyx
npy|a.npy|a.npy|--axes tzyx
png|a.png|a.png|
nifti|a.nii|a.nii|
fits|a.fits|a.fits|
nifti packed|a.nii.gz|a.nii.gz|
raw|a.raw|a.raw|'$raw'
thunder-series values|series|series/series-00000.bin|
thunder-series conf|series|series/conf.json|
thunder-images values|images|images/image-00003.bin|
thunder-images conf|images|images/conf.json|
zarr chunk|a.zarr|a.zarr/c/1/0/0/0|
zarr metadata|a.zarr|a.zarr/zarr.json|'

# damaged CHANGE REGEX [RUN]: CHANGE gets the damaged file as its argument; the message names it and matches REGEX.
damaged() {
    local change=$1 regex=$2 run=${3:-} format input file options
    while IFS='|' read -r format input file options; do
        rm -rf bad
        mkdir bad
        cp -r "$input" bad/
        $change "bad/$file"
        # shellcheck disable=SC2086
        refuses 1 "bad/($input|$file).*($regex)" $run levin-project mean "bad/$input" out.zarr --axis y $options -j 2
        # shellcheck disable=SC2086
        refuses 1 "bad/($input|$file).*($regex)" $run levin-copy "bad/$input" out.npy $options
        chmod -R u+rwX bad
    done <<<"$formats"
}
empty() { : >"$1"; }
cut() { truncate -s $(($(stat -c %s "$1") / 2)) "$1"; }
less() { truncate -s -3 "$1"; }
secret() { chmod 0 "$1"; }
garbage() { head -c 500 /dev/urandom >"$1"; }

damaged empty '.'
damaged cut '.'
damaged less '.'
damaged garbage '.'
need_as_user
damaged secret 'Permission denied' as_user

# A folder and a store that may not be looked into or written to.
mkdir closed open
cp -r a.zarr a.tif closed/
chmod 0 closed
refuses 1 'closed.*Permission denied' as_user levin-copy closed/a.zarr out.zarr
refuses 1 'closed.*Permission denied' as_user levin-copy closed out.zarr
refuses 1 'closed.*Permission denied' as_user levin-copy closed/a.tif out.zarr
chmod a-w open
for output in out.zarr out.npy out.tif out.raw thunder-series:out thunder-images:out; do
    name=open/${output#*:}
    case $output in *:*) name=${output%%:*}:open/${output#*:} ;; esac
    refuses 1 'open.*Permission denied' as_user levin-copy a.zarr "$name"
    case $output in *.zarr) ;; *) refuses 1 'open.*Permission denied' as_user levin-export a.zarr "$name" ;; esac
done
refuses 1 'open.*Permission denied' as_user levin-copy 'a.zarr[t=0,z=0]' open/out.png
refuses 1 'open.*Permission denied' as_user levin-export 'a.zarr[t=0,z=0]' open/out.png
refuses 1 'open.*Permission denied' as_user levin-project mean a.zarr --axis y,x --table open/out.csv
[ -z "$(ls -A open)" ] || fail "something is left in the folder that may not be written to"
chmod u+rwx closed open
