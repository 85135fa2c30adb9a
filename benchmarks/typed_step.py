#!/usr/bin/env python3
"""What an equation costs that was typed into a config: times training steps of it and of the same equation compiled
in, in turn, and compares fields that both solve in the span of the same functions.

benchmarks/typed_step.py [--steps 30] [--pairs 5] [--threads 1]: Fisher-KPP as experiments/fisher_kpp states it and
data.type = "fisher_kpp" with its constants; grid, network and seeds are the same. Both draw their problems from the
same ranges but not the same problems, so solver steps are told beside seconds. Needs NumPy and h5py.
"""

import argparse
import csv
import json
import re
import statistics
import subprocess
import tempfile
import tomllib
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
WARM = 2   # steps of a run that are not counted
SMALL = ("test.samples=1", "test.baselines=[]", "test.queries=0", "output.sinks=[]")


def call(*words):
    """Runs the program; ends with its message where it fails."""
    answer = subprocess.run([*map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(answer.stderr or answer.stdout)


def without_tables(text, names):
    """The text of a config without some of its outermost tables."""
    kept, leave_out = [], False
    for line in text.splitlines(keepends=True):
        if head := re.match(r"\[+(\w+)", line):
            leave_out = head[1] in names
        if not leave_out:
            kept.append(line)
    return "".join(kept)


class Equation:
    """One way to state it: a config and what stands behind it on the command line."""

    def __init__(self, o, name, config, *words):
        self.o, self.name, self.config, self.words = o, name, config, words

    def run(self, out, *words):
        call(self.o.program, "run", self.config, *self.words, *SMALL, *words, "--threads", self.o.threads,
             "--out", out, "--quiet")  # fmt: skip
        return out

    def step(self, out, seed):
        """Means over the steps of a training: seconds, those of solving, solver steps of a sample."""
        self.run(out, f"train.steps={self.o.steps + WARM}", f"run.seed={seed}")
        with open(out / "metrics.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))[WARM:]
        names = ("seconds", "seconds.solve", "constraint.iterations")
        return [statistics.mean(float(row[name]) for row in rows) for name in names]


def both_ways(o, folder):
    config = tomllib.loads(o.config.read_text(encoding="utf-8"))
    constants = config["equation"]["parameters"]
    compiled = folder / "compiled.toml"
    text = without_tables(o.config.read_text(encoding="utf-8"), ("equation", "boundary", "initial"))
    compiled.write_text(text, encoding="utf-8")
    return (
        Equation(o, "typed", o.config),
        Equation(o, "compiled", compiled, "data.type=fisher_kpp", f"data.diffusion={constants['D']}",
                 f"data.growth={constants['r']}"),  # fmt: skip
        {name: value for name, value in constants.items() if isinstance(value, list)},
    )


def at_equal_work(step, iterations):
    """Seconds of a step whose solves took so many steps: solving costs in proportion to them."""
    seconds, solve, own = step
    return seconds - solve + solve * iterations / own


def spread(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def compare_steps(o, folder, typed, compiled):
    print("| seed | typed, s a step | compiled | solver steps typed | compiled | ratio | at equal solver steps "
          "| a solver step |\n|---|---|---|---|---|---|---|---|")  # fmt: skip
    whole, equal, inner = [], [], []
    for seed in range(o.pairs):
        found = {}
        for way in (typed, compiled) if seed % 2 == 0 else (compiled, typed):
            found[way] = way.step(folder / f"{way.name}{seed}", seed)
        a, b = found[typed], found[compiled]
        middle = (a[2] + b[2]) / 2
        whole.append(a[0] / b[0])
        equal.append(at_equal_work(a, middle) / at_equal_work(b, middle))
        inner.append(a[1] / a[2] / (b[1] / b[2]))
        print(f"| {seed} | {a[0]:.4f} | {b[0]:.4f} | {a[2]:.2f} | {b[2]:.2f} | {whole[-1]:.3f} "
              f"| {equal[-1]:.3f} | {inner[-1]:.3f} |", flush=True)  # fmt: skip
    print(f"\ntyped / compiled, median (least to most) of {o.pairs} pairs of {o.steps} steps on {o.threads} "
          f"thread{'s' * (o.threads > 1)}: a step {spread(whole)}, at equal solver steps {spread(equal)}, a solver "
          f"step {spread(inner)}")  # fmt: skip


def fields(o, run, problems):
    """What a run makes of the problems. Shape (problem, level, cell)."""
    solved = run / "solved.h5"
    call(o.program, "predict", run, "--input", problems, "--out", solved, "--threads", o.threads, "--quiet")
    with h5py.File(solved) as file:
        return np.array([file[name]["data"][..., 0] for name in sorted(file)], dtype=float)


def compare_fields(o, folder, typed, compiled, ranges):
    """The network as it begins, the same for both. It is told a typed equation's parameters in units of their
    ranges, a compiled one's as they are: the same where ranges are [-1, 1). Heights and middles below 0, which
    only the one step of training meets, are mirrored."""
    still = ("train.steps=1", "optimizer.rate=0", "run.seed=0")
    mirrored = [f"equation.parameters.{name}=[-1, 1]" for name in ranges]
    field = tomllib.loads(o.config.read_text(encoding="utf-8"))["initial"]["field"]
    for name in ranges:
        field = re.sub(rf"\b{name}\b", f"abs({name})", field)
    runs = (typed.run(folder / "typed_fields", *still, *mirrored, f"initial.field={field}"),
            compiled.run(folder / "compiled_fields", *still))  # fmt: skip
    digests = {json.loads((run / "summary.json").read_text())["train"]["parameters_digest"] for run in runs}
    if len(digests) > 1:
        raise SystemExit(f"the networks of both are not the same: parameters {' and '.join(digests)}")
    draw = np.random.default_rng(0)
    problems = folder / "problems.npz"
    np.savez(problems, **{name: draw.uniform(*ends, o.problems) for name, ends in ranges.items()})
    a, b = (fields(o, run, problems) for run in runs)
    apart = np.linalg.norm(a - b, axis=(1, 2)) / np.linalg.norm(b, axis=(1, 2))
    print(f"fields of {o.problems} problems in the span of the same functions: at most {np.abs(a - b).max():.1e} "
          f"apart at a point, {apart.max():.1e} in relative L2; files hold float32\n")  # fmt: skip


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--program", default=ROOT / "tessera")
    words.add_argument("--config", type=Path, default=ROOT / "experiments/fisher_kpp/experiment.toml")
    words.add_argument("--steps", type=int, default=30, help="training steps of a run that are timed")
    words.add_argument("--pairs", type=int, default=5, help="runs of each, a seed a pair")
    words.add_argument("--problems", type=int, default=8, help="of which fields are compared")
    words.add_argument("--threads", type=int, default=1, help="with one, samples are solved one after another")
    o = words.parse_args()
    o.config = o.config.resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        typed, compiled, ranges = both_ways(o, folder)
        compare_fields(o, folder, typed, compiled, ranges)
        compare_steps(o, folder, typed, compiled)


if __name__ == "__main__":
    main()
