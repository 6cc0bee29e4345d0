"""Runs one job: levin and its peers in alternation, results compared after the first round."""
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from string import Formatter

from . import measure
from .jobs import LABELS

LONG = 60.0  # seconds; a peer that takes longer is run fewer times


@dataclass
class Entry:
    """A contender's outcome in a job."""
    name: str
    target: float | None
    runs: list = field(default_factory=list)
    ratios: list = field(default_factory=list)  # of wall time, to levin's run before it in the same round
    cpu_ratios: list = field(default_factory=list)
    worst: float = 0.0
    error: str = ""
    remark: str = ""


@dataclass
class Outcome:
    job: object
    levin: Entry
    peers: list
    floor: object = None
    sizes: dict = field(default_factory=dict)


SMALL = 10 << 20  # bytes of a movie with which nobody touches memory that matters


class Contest:
    def __init__(self, data, work, bin_folder, threads, memory):
        self.data, self.work, self.threads = data, work, threads
        self.log = os.path.join(work, "log")
        self.names = {"levin": os.path.join(bin_folder, "levin"), "python": sys.executable, "threads": threads,
                      "side": data.side}
        self.memory = ["--memory", memory] if memory else []
        os.makedirs(work, exist_ok=True)
        self.free = measure.FreeMemory(work)

    def fill(self, text, out):
        values = {name: self.data[name] for _, name, _, _ in Formatter().parse(text) if name in self.data}
        return text.format(out=out, memory="{memory}", **self.names, **values)

    def command(self, words, out):
        filled = [self.fill(word, out) for word in words if word != "{memory}"]
        return filled + (self.memory if "{memory}" in words else [])

    def out(self, job, contender):
        return os.path.join(self.work, job.name + "-" + "".join(c if c.isalnum() else "_" for c in contender.name))

    def run(self, job, contender, entry):
        out = self.out(job, contender)
        measure.remove(out)
        commands = [self.command(words, out) for words in contender.commands]
        os.makedirs(out)
        try:
            entry.runs.append(measure.run_all(commands, [], self.threads, self.log))
            return True
        except (measure.CommandFailed, OSError) as failure:
            entry.error = str(failure)
            return False

    def compare(self, job, contender, entry):
        for ours, theirs in zip(job.levin.results, contender.results, strict=True):
            paths = [ours.format(out=self.out(job, job.levin)), theirs.format(out=self.out(job, contender))]
            done = subprocess.run([sys.executable, "-m", "bench.compare", job.kind, ",".join(map(str, contender.crop)), *paths],
                                  capture_output=True, text=True, check=False)
            answer = json.loads(done.stdout) if done.returncode == 0 else {"equal": False, "detail": done.stderr[-1500:]}
            entry.worst = max(entry.worst, answer.get("worst", 0.0))
            if not answer["equal"]:
                entry.error = f"results differ: {answer['detail']}"
            elif job.kind == LABELS and answer["different"]:
                entry.remark = answer["detail"]

    def prepare(self, job):
        """The same start for everybody: nothing to be written back, no free memory, inputs in the page cache."""
        words = [word for contender in (job.levin, *job.peers) for command in contender.commands for word in command]
        inputs = [self.data[name] for name in {name for word in words for _, name, _, _ in Formatter().parse(word)} if name in self.data]
        os.sync()
        if self.data.bytes > SMALL:  # to fill it takes seconds
            self.free.fill()
        for path in inputs:
            measure.warm(path)

    def hold(self, job, repeats):
        """Rounds of levin, peer, peer, ...; a peer whose result differs is out after the first, with an error and no ratio."""
        outcome = Outcome(job, Entry("levin", None), [Entry(peer.name, peer.target) for peer in job.peers])
        for turn in range(repeats):
            running = [(peer, entry) for peer, entry in zip(job.peers, outcome.peers)
                       if not entry.error and (turn == 0 or entry.runs[0].seconds <= LONG)]
            if not running:
                break
            self.prepare(job)
            if not self.run(job, job.levin, outcome.levin):
                break
            for peer, entry in running:
                self.prepare(job)
                if not self.run(job, peer, entry):
                    continue
                if turn == 0:
                    self.compare(job, peer, entry)
                ours, theirs = outcome.levin.runs[-1], entry.runs[-1]
                entry.ratios.append(theirs.seconds / ours.seconds)
                entry.cpu_ratios.append(theirs.cpu / max(ours.cpu, 1e-3))
        return outcome

    def clean(self, job):
        for contender in (job.levin, *job.peers):
            measure.remove(self.out(job, contender))
