# Sourced by the checks that run a tool. tests/cli/$TOOL/sample holds one line of arguments, in which in.zarr (or in.tif)
# stands for the input and out.zarr (or out.png, ...) for the output.
read -r sample <"$CASES/sample"
OUT=$(grep -oE '\bout\.[a-z]+' <<<"$sample" | head -n 1)
export OUT

# make_input [NAME] [OPTIONS...]: the sample's input.
make_input() {
    local name=${1:-in.zarr}
    levin-synth random "$name" --shape t=24,z=3,y=17,x=23 --seed 5 -q "${@:2}"
    case $sample in *in.tif*) [ -e in.tif ] || levin-export -q "$name" in.tif ;; esac
}

# sample_command INPUT OUTPUT OPTIONS...: sets the array `command`.
sample_command() {
    local arguments=${sample//in.zarr/$1}
    # shellcheck disable=SC2206
    command=("levin-$TOOL" ${arguments//$OUT/$2} -q "${@:3}")
}

same_result() {
    if [ -d "$1" ]; then same_values "$1" "$2"; else same_bytes "$1" "$2"; fi
}
