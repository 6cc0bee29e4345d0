# Sourced by what runs under a scheduler: job files of fanout of which a part fails.

# wait_until COMMAND...
wait_until() {
    for _ in $(seq 300); do
        if "$@"; then return; fi
        sleep 0.2
    done
    echo "in vain: $*" >&2
    return 1
}

# fanned HOW ENGINE [OPTIONS...]: four steps in three parts, k-means in rounds among them, started in the folder fanned-HOW. HOW is what part 2 of the first
# step ends with whenever it runs, or "once": with 75 the first time, and then it does its work.
fanned() {
    local how=$1 status=0
    mkdir "fanned-$how"
    cd "fanned-$how"
    levin fanout --engine "${@:2}" -n 3 -- levin-filter median ../fish.zarr clean.zarr --size z=1,y=3,x=3 --chunks t=4 :: \
        levin toseries clean.zarr series.zarr --block y=32,x=32 :: \
        levin kmeans series.zarr clusters --clusters 3 --seed 1 --init random --max-iter 1 :: levin copy clusters/labels labels.zarr
    cat >wrapped <<END
#!/bin/bash
case "\$*" in
    *" --part 2/3"*)
        echo >>tries
        if [ $how != once ]; then exit $how; elif mkdir failed 2>/dev/null; then exit 75; fi
        ;;
esac
exec "\$@"
END
    chmod +x wrapped
    sed -i "s|^ *[^ #]*levin-filter |$PWD/wrapped &|" jobs/step-1.sh
    grep -q wrapped jobs/step-1.sh
    jobs/run || status=$?
    cd ..
    return $status
}

# expect_tries HOW N: part 2 has run so often; the step behind it has run when it came through in the end, else not begun.
expect_tries() {
    local tries
    tries=$(wc -l <"fanned-$1/tries")
    [ "$tries" = "$2" ] || { echo "$1: $tries tries, expected $2" >&2; return 1; }
    case $1 in
        once) [ -e "fanned-$1/labels.zarr/zarr.json" ] || { echo "$1: the next step has not run" >&2; return 1; } ;;
        *) [ ! -e "fanned-$1/series.zarr" ] || { echo "$1: the next step begins all the same" >&2; return 1; } ;;
    esac
}
