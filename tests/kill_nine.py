#!/usr/bin/env python3
"""Kills a run with SIGKILL again and again, resumes it each time, and demands the bits of a run
that nobody killed.

    tests/kill_nine.py build/release/src/app/tessera [--kills 20] [--seed 1] [--choices published]

Moments are drawn from the seed: while the program starts or resumes, some time after a step, while
a checkpoint is being written, and once behind the last one. Prints a Markdown table; exit code 1
where parameters or metrics differ.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "cli"))
from tiny import losses

STEPS = 40
# Everything that has state: gate and clusters, both optimisers and their clips, selection by losses,
# proximal anchors, windows drawn anew, the halved rate's counter.
CONFIG = f"""
[experiment]
name = "kill_nine"
[data]
setting = "small-4"
test_starts = 1
[experts]
count = 4
width = 16
depth = 2
[train]
outer_steps = {STEPS}
warmup = 3
inner_context = 3
inner_model = 3
selection = "near_weighted"
contributors = 12
proximal = 0.1
window = "fresh"
[gate]
every = 4
refresh = 2
[optimizer]
clip = 2
[adapt]
search_steps = 2
polish_steps = 2
[output]
checkpoint_every = 1
keep_checkpoints = 2
sinks = []
"""
CHOICES = {
    "own": (),
    # Centroids and routes that live on from update to update.
    "published": (
        'gate.start="published"', 'gate.clustering="published"', 'gate.fit="published"',
        'gate.matching="greedy"', 'train.selection="near_published"',
        'optimizer.idle="update"', 'optimizer.schedule="step"',
    ),
}  # fmt: skip
PATIENCE = 120  # seconds for any one wait


class Run:
    """One run folder, and the program that works in it."""

    def __init__(self, program, place, name, choices):
        self.out = place / name
        self.place = place
        self.command = [program, "run", "kill_nine.toml", *CHOICES[choices], "--out", name]
        self.process = None
        self.starts = 1

    def start(self, *words):
        self.log = open(self.place / "stderr.txt", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [*self.command, *words, "--quiet"], cwd=self.place, stderr=self.log
        )

    def finish(self):
        """Waits for the end; the messages where it was not a good one."""
        code = self.process.wait(PATIENCE)
        self.log.seek(0)
        text = self.log.read()
        return "" if code == 0 else f"exit code {code}: {text}"

    def kill(self):
        """False where the program had ended before."""
        self.process.send_signal(signal.SIGKILL)
        return self.process.wait(PATIENCE) == -signal.SIGKILL

    def wait_until(self, happens):
        end = time.monotonic() + PATIENCE
        while not happens() and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.0002)

    def step(self):
        try:
            last = (self.out / "metrics.csv").read_text(encoding="utf-8").rsplit("\n", 2)
            return int(last[-2].split(",")[0])
        except (OSError, IndexError, ValueError):
            return 0

    def is_writing(self):
        return any((self.out / "checkpoints").glob("*.tmp"))

    def newest(self):
        return max((f.stem for f in (self.out / "checkpoints").glob("step_*.h5")), default="none")

    def begun_at(self):
        """What the log says of the program's last start."""
        try:
            log = (self.out / "log.txt").read_text(encoding="utf-8")
        except OSError:
            return "killed before it began"
        starts = log.split(f" into {self.out.name}\n")
        self.starts, before = len(starts), self.starts
        if self.starts == before:
            return "killed before it began"
        if "resuming after outer step " in starts[-1]:
            return "after step " + starts[-1].split("resuming after outer step ")[1].split()[0]
        return "from the beginning"

    def figures(self):
        train = json.loads((self.out / "summary.json").read_text(encoding="utf-8"))["train"]
        return train["parameters_digest"], losses(self.out)


def draw_moments(kills, pick):
    """(kind, step to wait for, seconds then) for each kill, in the order of steps."""
    steps = sorted(pick.sample(range(1, STEPS), max(0, kills - 2)))
    kinds = ("writing", "after", "writing", "start")
    moments = [("start", 0, pick.uniform(0, 0.3))]
    for i, step in enumerate(steps):
        longest = 0.15 if kinds[i % 4] == "start" else 0.03
        moments.append((kinds[i % 4], step, pick.uniform(0, longest)))
    return [*moments, ("end", STEPS, 0.0)][:kills]


def kill_at(run, kind, step, delay):
    """Kills the run at its moment; words for the moment, and whether there was a run to kill."""
    if kind == "start":
        time.sleep(delay)
        return f"{delay * 1000:.0f} ms after its start", run.kill()
    if kind == "end":
        run.wait_until(lambda: run.newest() == f"step_{step:08d}")
        return "behind the last checkpoint", run.kill()
    run.wait_until(lambda: run.step() >= step)
    if kind == "writing":
        run.wait_until(run.is_writing)
        return f"writing a checkpoint, from step {step} on", run.kill()
    time.sleep(delay)
    return f"{delay * 1000:.0f} ms after step {step}", run.kill()


def row(*cells):
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def torture(run, moments):
    """Kills and resumes; prints the table; returns what went wrong."""
    row("kill", "moment", "step reached", "half-written file", "newest checkpoint", "resumed")
    row(*6 * ["---"])
    run.start()
    killed_before = None
    for number, moment in enumerate(moments, 1):
        words, killed = kill_at(run, *moment)
        begun = run.begun_at()
        if killed_before:
            row(*killed_before, begun)
        if not killed:
            return f"kill {number} ({words}): the program had ended: {run.finish()}"
        killed_before = (number, words, run.step(), "yes" if run.is_writing() else "", run.newest())
        run.start("--resume")
    complaint = run.finish()
    row(*killed_before, run.begun_at())
    return complaint


def main():
    words = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    words.add_argument("program", type=Path)
    words.add_argument("--kills", type=int, default=20)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--choices", choices=CHOICES, default="own")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "kill_nine.toml").write_text(CONFIG, encoding="utf-8")
        whole, killed = (
            Run(chosen.program.resolve(), place, name, chosen.choices)
            for name in ("whole", "killed")
        )
        whole.start()
        complaint = whole.finish() or torture(
            killed, draw_moments(chosen.kills, random.Random(chosen.seed))
        )
        if not complaint and whole.figures()[0] != killed.figures()[0]:
            complaint = f"parameters differ: {whole.figures()[0]} and {killed.figures()[0]}"
        if not complaint and whole.figures()[1] != killed.figures()[1]:
            complaint = "metrics.csv differs"
        if complaint:
            sys.exit(f"kill_nine: {complaint}")
        digest, rows = killed.figures()
        print(f"\nParameters {digest} and all {len(rows)} rows of metrics.csv: the same bits.")


if __name__ == "__main__":
    main()
