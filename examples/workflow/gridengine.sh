#!/usr/bin/env bash
# The zebrafish workflow as Grid Engine job arrays: examples/workflow/gridengine.sh fish.zarr [PARTS] [OPTIONS OF QSUB...]
#
# Each step is an array of parts that waits for the step before (-hold_jid). Grid Engine lets it go when that has ended, well or
# not; what holds it is a task in the error state, which exit status 100 asks for. So a part that failed stops the chain: qstat
# shows it as Eqw, its reason is in levin-STEP.o*, and `qmod -cj JOB` has it tried again. Status 99 asks for another try at once:
# for what may pass, such as a full disk (75).
set -euo pipefail
movie=$1 parts=${2:-4}
shift; shift || true
options=("$@")

# submit NAME COMMAND... [-- OPTION OF QSUB...]: after the job $before, and becomes $before. Grid Engine says nothing about cores
# but NSLOTS, and restricts nobody to them, so each job is told.
before=
submit() {
    local name=$1 command=()
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do command+=("$1"); shift; done
    before=$(qsub -terse -N "levin-$name" -cwd -V -S /bin/bash -j y ${before:+-hold_jid "$before"} "${options[@]}" "${@:2}" <<JOB
${command[*]} -j "\$NSLOTS" --memory 150M -q
case \$? in 0) ;; 75) exit 99 ;; *) exit 100 ;; esac
JOB
    )
    before=${before%%.*}  # of an array qsub says JOB.FIRST-LAST:STEP
}
# step NAME COMMAND...: as an array; --part auto reads SGE_TASK_ID and its range.
step() { submit "$@" --part auto -- -t "1-$parts"; }

step clean levin filter median "$movie" clean.zarr --size z=1,y=3,x=3 --chunks t=4
step series levin toseries clean.zarr series.zarr --block y=32,x=32
series=$before
step flat levin detrend series.zarr flat.zarr
step power levin fft flat.zarr power.zarr --value power
power=$before before=$series
step dff levin dff series.zarr dff.zarr --baseline percentile:20 --offset 0.1
submit clusters levin kmeans dff.zarr clusters --clusters 5 --seed 1 --resume
echo "$power $before"
