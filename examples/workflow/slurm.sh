#!/usr/bin/env bash
# The zebrafish workflow as Slurm job arrays: examples/workflow/slurm.sh fish.zarr [PARTS] [OPTIONS OF SBATCH...]
#
# Each step is an array of parts and waits until every task of the step before ended well; where one did not, the steps that
# would wait for ever are taken out of the queue. --part auto reads SLURM_ARRAY_TASK_ID and its range. LEVIN_PARTS keeps the
# count when some parts are submitted again: LEVIN_PARTS=8 sbatch --array="$(levin check clean.zarr --publish)" ...
set -euo pipefail
movie=$1 parts=${2:-4}
shift; shift || true

# step COMMAND...: submits it after the step before; prints nothing, remembers the job.
before=
step() {
    before=$(LEVIN_PARTS=$parts sbatch --parsable --array="1-$parts" --kill-on-invalid-dep=yes --output=levin-%A_%a.log \
        --cpus-per-task=1 --mem=200M ${before:+--dependency=afterok:$before} "${options[@]}" --wrap "$* --part auto -j 1 --memory 150M -q")
}

options=("$@")
step levin filter median "$movie" clean.zarr --size z=1,y=3,x=3 --chunks t=4
step levin toseries clean.zarr series.zarr --block y=32,x=32
series=$before
step levin detrend series.zarr flat.zarr
step levin fft flat.zarr power.zarr --value power
power=$before before=$series
step levin dff series.zarr dff.zarr --baseline percentile:20 --offset 0.1
clusters=$(sbatch --parsable --kill-on-invalid-dep=yes --output=levin-%j.log --cpus-per-task=1 --mem=200M \
    --dependency="afterok:$before" "${options[@]}" --wrap 'levin kmeans dff.zarr clusters --clusters 5 --seed 1 -j 1 --memory 150M -q')
echo "$power $clusters"
