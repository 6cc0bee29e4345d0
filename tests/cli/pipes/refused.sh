# What a pipe cannot be asked for is refused by name, before anything is read or written.
levin-synth random in.zarr --shape t=12,y=9,x=11 -q
levin-copy -q in.zarr - >in.tar
refused() { local regex=$1; shift; expect_error 2 "$regex" bash -c "$* <in.tar | cat >stream; exit \${PIPESTATUS[0]}"; [ ! -s stream ] || fail "$*: wrote into the pipe"; }
refused "--resume: OUTPUT is -, a pipe" levin-copy in.zarr - --resume
refused "--force: OUTPUT is -, a pipe: there is nothing to replace" levin-copy in.zarr - -f
refused "--fsync: OUTPUT is -, a pipe" levin-copy in.zarr - --fsync
refused "--force: OUTPUT is npy:-" levin-export in.zarr npy:- -f
refused "--dry-run: INPUT is -, which can be read only once" levin-copy - out.zarr --dry-run
refused "--shards: a pipe carries single chunks" levin-copy in.zarr - --shards y=9
refused "--zarr-format 2: a pipe carries Zarr format 3" levin-copy in.zarr - --zarr-format 2
refused "--level 1: INPUT is a pipe" levin-copy - out.zarr --level 1
refused "--no-trailer: in.zarr is no pipe" levin-copy in.zarr out.zarr --no-trailer
refused "--no-trailer: in.zarr is no pipe" levin-info in.zarr --no-trailer
refused "--no-trailer: in.zarr is no pipe" levin-check in.zarr --no-trailer
refused "--no-trailer is for tar streams" levin-copy npy:- out.zarr --no-trailer
refused "INPUT and --mask: both are standard input" levin-filter median - out.zarr --size 3 --mask -
refused "INPUT -: a pipe is read alone" levin-ingest - in.zarr out.zarr --axes tyx
refused "OUTPUT -: kmeans gives several arrays, a pipe carries one" levin-kmeans in.zarr - --clusters 2
refused "OUTPUT -: project gives several arrays" levin-project mean,std in.zarr - --axis t
refused "--baseline-out - is the output itself" levin-dff in.zarr - --baseline-out -
refused "--init -: centroids come from a store, not through a pipe" levin-kmeans - out.zarr --clusters 2 --init -
refused "--predict -: centroids come from a store" levin-kmeans in.zarr out.zarr --predict -
refused "tiff:-: only Zarr's keys in a tar stream .-. and NumPy's format" levin-copy in.zarr tiff:-
refused "INPUT png:-: only Zarr's keys" levin-copy png:- out.zarr
refused "levin copy writes an array's stream" levin-export in.zarr -
refused "tiff:-: only NumPy's format goes into a pipe" levin-export in.zarr tiff:-
refused "--split: OUTPUT is npy:-" levin-export in.zarr npy:- --split t
refused "--chunks: INPUT is a pipe" levin-info - --chunks
refused "--publish: STORE is -, a pipe" levin-check - --publish
refused "--table -: .*pipe" levin-project mean in.zarr --axis t --table -

# --dry-run with OUTPUT - says what would be done.
expect_output "output   -: tyx .*codec none" levin-copy in.zarr - --dry-run

# One of several inputs or outputs may be a pipe.
levin-copy -q in.zarr - --select t=0 >mask.tar
levin-filter -q median in.zarr masked.zarr --size 3 --mask - <mask.tar
levin-copy -q in.zarr mask.zarr --select t=0
levin-filter -q median in.zarr masked2.zarr --size 3 --mask mask.zarr
same_values masked.zarr masked2.zarr
levin-dff -q in.zarr out.zarr --baseline-out - | levin-copy -q - f0.zarr
levin-dff -q in.zarr out2.zarr --baseline-out f02.zarr
same_values f0.zarr f02.zarr
levin-project -q mean - --axis y,x -o trace.csv <in.tar
levin-project -q mean in.zarr --axis y,x -o trace2.csv
cmp trace.csv trace2.csv || fail "a table from a pipe differs"

# The selection in brackets.
expect_exit 0 bash -c 'levin-copy -q "-[t=3:5,y=-2]" part.zarr <in.tar'
levin-copy -q 'in.zarr[t=3:5,y=-2]' part2.zarr
same_values part.zarr part2.zarr
expect_exit 0 bash -c 'levin-copy -q - part3.zarr --select t=1:9:3 <in.tar'
levin-copy -q 'in.zarr[t=1:9:3]' part4.zarr
same_values part3.zarr part4.zarr

# A terminal is neither.
"$PY" - <<'END' || fail "a terminal is taken for a pipe"
import os, pty, subprocess
for words, text in (("levin-copy in.zarr -", "OUTPUT: standard output is a terminal"), ("levin-export in.zarr npy:-", "OUTPUT: standard output is a terminal"),
                    ("levin-copy - out.zarr", "INPUT: standard input is a terminal"), ("levin-check -", "STORE: standard input is a terminal")):
    main, terminal = pty.openpty()
    run = subprocess.run(words.split(), stdin=terminal, stdout=terminal, stderr=subprocess.PIPE, text=True)
    assert run.returncode == 2 and text in run.stderr, (words, run.returncode, run.stderr)
    os.close(main), os.close(terminal)
END

# Parts of a job make a store together, from what all of them can read.
refused "OUTPUT is -, a pipe; parts make a store together" levin-copy in.zarr - --part 1/2
refused "INPUT is -, a pipe; name a store that all parts can read" levin-copy - out.zarr --part 1/2
