"""Stopping runs at moments that are drawn, and going on: what stop_test.py and stop_moments.py share."""

import json
import random
import signal
import subprocess
import time
from dataclasses import dataclass

import program
from program import ROOT, tessera
from tiny import TINY

CLOCKS = ("wall_seconds", "peak_rss_mb", "seconds", "gflops", "seconds_per_query",
          "seconds_single_query")  # fmt: skip
# Seconds after its start from which the program listens to signals, about.
DEAF = 0.4


@dataclass(frozen=True)
class Kind:
    """A run that is to be stopped; in its words `{out}` is its folder."""

    name: str
    config: str
    words: tuple
    steps: int
    phases: tuple   # before training; behind it, each with the file that its end leaves


# Phases long enough to be met; each run makes data and truth of its own.
MIXTURE = Kind(
    "mixture",
    TINY,
    ("data.path={out}.h5", "train.outer_steps=40", "adapt.search_steps=60", "adapt.polish_steps=60",
     "train.rivals=1", 'output.sinks=["predictions", "pictures", "paraview"]'),
    40,
    ("data", ("test, rehearsals", "doubt.json"), ("adaptation", "predictions.h5"), ("pictures", "")),
)  # fmt: skip
PLACE = Kind(
    "place",
    (ROOT / "tests/support/place.toml").read_text(encoding="utf-8"),
    ("data.path={out}.h5", "test.samples=150", 'test.baselines=["legendre", "pod"]', "train.steps=12"),
    12,
    ("truth", ("test", "plots"), ("pictures", "")),
)


def without_clocks(json_):
    if not isinstance(json_, dict):
        return json_
    return {k: without_clocks(v) for k, v in json_.items() if k not in CLOCKS}


@dataclass
class Stop:
    code: int        # exit code
    seconds: float   # from the signal to the end
    after: float     # from the start to the signal
    phase: str       # that the signal met
    message: str


class Stops:
    """Runs of one kind in `folder`: a whole one, and others that a signal meets at a drawn moment."""

    def __init__(self, folder, kind, seed):
        self.folder, self.kind = folder, kind
        self.draw = random.Random(seed)
        self.whole = 0.0  # seconds that a whole run takes
        (folder / f"{kind.name}.toml").write_text(kind.config, encoding="utf-8")

    def words(self, out):
        words = (word.replace("{out}", out) for word in self.kind.words)
        return ("run", f"{self.kind.name}.toml", *words, "--out", out, "--quiet")

    def start(self, out):
        command = [program.PROGRAM, *self.words(out)]
        return subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE, text=True)

    def run_whole(self, out):
        """Its exit code and messages."""
        begin = time.monotonic()
        process = self.start(out)
        message = process.communicate()[1]
        self.whole = time.monotonic() - begin
        return process.returncode, message

    def stop(self, out):
        process = self.start(out)
        after = DEAF + (self.whole - DEAF) * self.draw.random()
        time.sleep(after)
        phase = self.phase(out)
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        message = process.communicate()[1]
        seconds = time.monotonic() - asked
        if process.returncode == 0:  # the whole run was timed on a busier machine
            self.whole = DEAF + 0.7 * (self.whole - DEAF)
        return Stop(process.returncode, seconds, after, phase, message)

    def resume(self, out):
        return tessera(*self.words(out), "--resume", cwd=self.folder)

    def finished(self, out):
        return (self.folder / out / "summary.json").exists()

    def summary(self, out):
        return without_clocks(json.loads((self.folder / out / "summary.json").read_text()))

    def phase(self, out):
        """What a run is at, as its files tell."""
        before, *behind = self.kind.phases
        try:
            rows = (self.folder / out / "metrics.csv").read_text(encoding="utf-8").count("\n") - 1
        except OSError:
            return before
        if rows < self.kind.steps:
            return "training"
        return next(name for name, file in behind if not file or not (self.folder / out / file).exists())
