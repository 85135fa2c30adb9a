#!/usr/bin/env python3
"""Whether units matter: trains on data of one's own as exported and with states or times in other units, and
compares test errors against the data's own scale (nrmse).

benchmarks/scales.py [--config FILE] [--steps 150] [--seeds 0 1 2]: exports the config's data as NumPy archives,
multiplies states or times, trains on each, prints a Markdown table. Exit code 1 where an error is more than a
tenth away from that of the data as they are. Needs NumPy.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
# Name, factors of the states (one for all, or the last one's), factor of the times.
SCALES = (
    ("as exported", (1.0, 1.0), 1.0),
    ("states x 1e-9", (1e-9, 1e-9), 1.0),
    ("states x 1e6", (1e6, 1e6), 1.0),
    ("second state x 1e-4", (1.0, 1e-4), 1.0),
    ("times x 1e6", (1.0, 1.0), 1e6),
)


def call(*words):
    """Runs the program; ends with its message where it fails."""
    answer = subprocess.run([*map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(answer.stderr or answer.stdout)


def rescale(source, target, states, times):
    """Copies a folder of archives, `X` and `t` in other units."""
    target.mkdir()
    for file in source.glob("*.npz"):
        arrays = dict(np.load(file))
        arrays["X"] = arrays["X"] * np.asarray(states)
        arrays["t"] = arrays["t"] * times
        np.savez(target / file.name, **arrays)


def train(o, archives, seed, out):
    """What summary.json says of a run."""
    call(o.program, "run", o.config, "data.type=npz", f"data.path={archives}", f"run.seed={seed}",
         f"train.outer_steps={o.steps}", "output.sinks=[]", "--out", out, "--quiet")  # fmt: skip
    return json.loads((out / "summary.json").read_text())


def joined(numbers, form):
    return ", ".join(format(number, form) for number in numbers)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--program", default=ROOT / "tessera")
    words.add_argument("--config", default=ROOT / "experiments/odebench4/experiment.toml")
    words.add_argument("--steps", type=int, default=150, help="outer steps")
    words.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    o = words.parse_args()
    seeds = ", ".join(map(str, o.seeds))
    print(f"| | test nrmse, seeds {seeds} | over that as exported | rel_l2 | floored | parameters alike |")
    print("|---|---|---|---|---|---|")
    farthest, unit = 0.0, {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call(o.program, "export", o.config, "--out", folder / "exported")
        for number, (title, states, times) in enumerate(SCALES):
            archives = folder / f"archives{number}"
            rescale(folder / "exported", archives, states, times)
            found = {seed: train(o, archives, seed, folder / f"run{number}_{seed}") for seed in o.seeds}
            error = {seed: run["test"]["nrmse_mean"] for seed, run in found.items()}
            unit = unit or found
            ratio = [error[seed] / unit[seed]["test"]["nrmse_mean"] for seed in o.seeds]
            alike = sum(run["train"]["parameters_digest"] == unit[seed]["train"]["parameters_digest"]
                        for seed, run in found.items())  # fmt: skip
            farthest = max(farthest, *(abs(r - 1) for r in ratio))
            tests = [run["test"] for run in found.values()]
            floored = 100 * np.mean([test["floored"] for test in tests])
            print(f"| {title} | {joined(error.values(), '.4f')} | {joined(ratio, '.3f')} "
                  f"| {joined((test['rel_l2_mean'] for test in tests), '.1e')} | {floored:.0f} % "
                  f"| {alike} of {len(o.seeds)} |", flush=True)  # fmt: skip
    print(f"\nFarthest from the data as exported: {100 * farthest:.1f} %.")
    sys.exit(farthest > 0.1)


if __name__ == "__main__":
    main()
