"""killed.py LIBRARY SEED ROUNDS OPTIONS EXPECTED OUTPUT COMMAND...: kills COMMAND at ROUNDS random moments and ends the
work: the bytes must be those of EXPECTED, and nothing else may be left in the folder.

LIBRARY is the preload library of faults.cpp: most moments are a random call that changes files, the others a random time.
OPTIONS: which of --resume, --force and --part COMMAND has. A line of statistics is printed."""

import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

library, seed, rounds, options, expected, output, *command = sys.argv[1:]
expected, output, rounds = pathlib.Path(expected), pathlib.Path(output), int(rounds)
old = pathlib.Path("old" + output.suffix)  # what a replaced output was before, if the case made one
parts = 3
random.seed(int(seed))
before = set(os.listdir())
tally = {}


def fail(text):
    sys.exit(f"FAILED: seed {seed}, {text}")


def tree(path):
    """Every file's bytes by name, without what levin knows for its own."""
    if path.is_file():
        return path.read_bytes()
    files = {}
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith("__levin")]
        for name in names:
            if not name.startswith("__levin"):
                file = pathlib.Path(folder, name)
                files[str(file.relative_to(path))] = file.read_bytes()
    return files


def published(path):
    return path.is_file() or any((path / name).exists() for name in ("zarr.json", ".zarray", ".zgroup"))


def start(arguments, moment=None):
    environment = dict(os.environ)
    if moment is not None:
        environment.update(LD_PRELOAD=library, LEVIN_FAULT=f"any:{moment}:kill")
    return subprocess.Popen(
        [*command, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def killed(arguments, calls, seconds):
    """Starts a run that is killed somewhere; returns what waits for it."""
    if random.random() < 0.8:
        # The first calls and the last make and publish the store; those between are much the same.
        ends = random.random()
        moment = random.randint(1, 12) if ends < 0.2 else calls - random.randint(0, 12) if ends < 0.4 else random.randint(1, calls)
        run, name = start(arguments, max(1, moment)), f"call {moment} of {calls}"
    else:
        pause = random.random() * seconds
        run, name = start(arguments), f"{pause * 1000:.1f} of {seconds * 1000:.1f} ms"
        try:
            run.wait(pause)
        except subprocess.TimeoutExpired:
            run.kill()

    def wait():
        message = run.communicate()[1].decode()
        if run.returncode not in (0, -9) and not ("--merge" in arguments and run.returncode == 75):
            fail(f"{where}: {arguments} to be killed at {name}: exit status {run.returncode}: {message}")
        outcome = "killed" if run.returncode == -9 else "too late"
        tally[outcome] = tally.get(outcome, 0) + 1
        moments.append(f"{arguments} at {name}: {run.returncode}")

    return wait


def finished(*runs):
    for run in [(arguments, start(arguments)) for arguments in runs]:
        message = run[1].communicate()[1].decode()
        if run[1].returncode != 0:
            fail(f"{where}: {run[0]} after {moments}: exit status {run[1].returncode}: {message}")


def look(allowed):
    """A reader finds nothing, or one of these, whole."""
    if published(output) and tree(output) not in allowed:
        fail(f"{where}: a reader finds a mixture after {moments}")


def measured(arguments):
    """The calls and seconds of a run that is not disturbed."""
    environment = dict(os.environ, LD_PRELOAD=library, LEVIN_FAULT="any:0:kill", LEVIN_FAULT_COUNT="count")
    begin = time.monotonic()
    subprocess.run([*command, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    count = pathlib.Path("count")
    calls = int(count.read_text())
    count.unlink()
    return calls, time.monotonic() - begin


def cleaned():
    """levin check --clean, now and then: no partial file stays, and the work goes on as if it had not been."""
    if not output.is_dir() or not any(output.iterdir()) or random.random() < 0.7:
        return
    code = subprocess.run(["levin-check", output, "--clean", "-q"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    stay = [path for place in (output, pathlib.Path(f".levin-new.{output.name}")) for path in place.rglob("__levin-partial*")]
    if code not in (0, 1) or stay:
        fail(f"{where}: check --clean, exit status {code}, leaves {stay} after {moments}")
    tally["cleaned"] = tally.get("cleaned", 0) + 1


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()


def end_alone():
    if "--resume" in options:
        while random.random() < 0.3:
            killed(["--resume"], *whole)()
            look([new])
        finished(["--resume"])
    else:
        if published(output):
            look([new])
            remove(output)
        finished([])


def alone():
    killed([], *whole)()
    look([new])
    cleaned()
    end_alone()


def replaced():
    if old.is_dir():
        shutil.copytree(old, output)
    else:
        shutil.copy(old, output)
    killed(["--force"], *replacing)()
    if not published(output):
        fail(f"{where}: the old output is gone after {moments}")
    look([was, new])
    cleaned()
    pending = pathlib.Path(f".levin-new.{output.name}", "__levin", "zarr.json").exists()
    finished(["--resume"] if pending and random.random() < 0.7 else ["--force"])


def in_parts(replacing_old=False):
    if replacing_old:
        shutil.copytree(old, output)
        finished(["--create-only", "--force"])
    names = [["--part", f"{number}/{parts}"] for number in range(1, parts + 1)]
    random.shuffle(names)
    if random.random() < 0.5:
        for wait in [killed(name, *of_part) for name in names]:  # at the same time
            wait()
    else:
        for name in names:
            killed(name, *of_part)()
    look([was, new] if replacing_old else [new])
    cleaned()
    random.shuffle(names)
    twice = [random.choice(names)] if random.random() < 0.3 else []
    if random.random() < 0.5:
        finished(*names, *twice)
    else:
        for name in [*names, *twice]:
            finished(name)
    if "--merge" in options:
        look([was, new] if replacing_old else [new])
        rounds_ended(names)


def rounds_ended(names):
    """Of a tool that goes in rounds: --merge, itself killed now and then, and the parts again while it asks for them."""
    code = 75
    while code == 75:
        finished(*names)
        if random.random() < 0.2:
            killed(["--merge"], *of_part)()
            finished(*names)
        run = start(["--merge"])
        message, code = run.communicate()[1].decode(), run.returncode
        if code not in (0, 75):
            fail(f"{where}: --merge after {moments}: exit status {code}: {message}")


def replaced_in_parts():
    in_parts(True)


new = tree(expected)
whole = measured([])
remove(output)
kinds = [alone]
if "--force" in options and old.exists():
    was = tree(old)
    (shutil.copytree if old.is_dir() else shutil.copy)(old, output)
    replacing = measured(["--force"])
    remove(output)
    kinds.append(replaced)
if "--part" in options:
    of_part = measured(["--part", f"1/{parts}"])
    remove(output)
    kinds.append(in_parts)
    if old.is_dir():
        kinds.append(replaced_in_parts)

number = 0
while tally.get("killed", 0) < rounds:
    number += 1
    if "--merge" in options and number > 12:  # every iteration is a round, which takes its time
        kinds = kinds[:1]
    kind = kinds[number % len(kinds)]
    where, moments = f"round {number}, {kind.__name__}", []
    kind()
    if tree(output) != new:
        fail(f"{where}: other bytes after {moments}")
    left = sorted(name for name in os.listdir() if name not in before | {output.name})
    left += [str(path) for path in output.rglob("__levin*")] if output.is_dir() else []
    if left:
        fail(f"{where}: left over {left} after {moments}")
    remove(output)
print(f"{number} rounds, {tally}, {whole[0]} calls, {whole[1] * 1000:.0f} ms undisturbed")
