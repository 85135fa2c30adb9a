#!/usr/bin/env python3
"""How honest error bands are: adapts a trained mixture to noisy first thirds of trajectories, follows their
systems from other starts, and counts the true states in their 90 % bands and the systems called foreign.

benchmarks/doubt.py RUN ARCHIVES: a run folder and what `./tessera export` wrote of the set to try (its new
systems, or with --foreign those of another set, of which only the share called foreign is told). Needs NumPy.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

TESSERA = Path(__file__).resolve().parents[1] / "tessera"
BAND = 1.645   # deviations on either side that hold nine tenths


def call(*words):
    """Runs the program; ends with its message where it fails."""
    answer = subprocess.run([TESSERA, *map(str, words)], capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(answer.stderr or answer.stdout)


def new_systems(folder, families):
    """Times (system, time) and states (system, trajectory, time, state) of adapt_test.npz."""
    arrays = np.load(Path(folder) / "adapt_test.npz")
    times, states = arrays["t"], arrays["X"]
    if states.ndim == 5:   # a first axis for families
        chosen = families or range(len(states))
        times, states = (times[chosen] if times.ndim > 1 else times), states[chosen]
        families, each = states.shape[:2]
        states = states.reshape((-1, *states.shape[2:]))
        if times.ndim == 2:
            times = np.repeat(times, each, axis=0)
    times = np.broadcast_to(times.reshape(-1, times.shape[-1]), (len(states), times.shape[-1]))
    return times, states


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("run")
    words.add_argument("archives")
    words.add_argument("--noise", type=float, default=0.02, help="share of a state's deviation")
    words.add_argument("--foreign", action="store_true", help="the systems are foreign to the run")
    words.add_argument("--families", type=int, nargs="+", help="of archives with several, from 0 on; else all")
    words.add_argument("--trajectories", type=int, default=32, help="of each system to adapt to, one at a time")
    o = words.parse_args()
    times, states = new_systems(o.archives, o.families)
    systems, count, points, _ = states.shape
    count = min(count, o.trajectories)
    noise = o.noise * states.std(axis=(1, 2), keepdims=True)
    noisy = states + noise * np.random.default_rng(5).normal(size=states.shape)
    third = points // 3 + 1

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        each = np.repeat(times, count, axis=0)
        support = noisy[:, :count, :third].reshape(systems * count, 1, third, -1)
        truth = np.repeat(states, count, axis=0)
        np.savez(folder / "thirds.npz", t=each[:, :third], X=support)
        np.savez(folder / "query.npz", t=each, X=truth)
        adapted = folder / "adapted.json"
        call("adapt", o.run, "--input", folder / "thirds.npz", "--out", adapted)
        found = json.loads(adapted.read_text())["adapt"]
        foreign = np.mean([bool(system["foreign"]) for system in found])
        print(f"called foreign: {100 * foreign:.1f} % of {len(found)}")
        if o.foreign:
            return
        call("predict", o.run, "--input", folder / "query.npz", "--systems", adapted,
             "--out", folder / "predicted.npz")  # fmt: skip
        predicted = np.load(folder / "predicted.npz")

    inside = np.abs(predicted["X"] - truth)[:, :, 1:] <= BAND * predicted["deviation"][:, :, 1:]
    by_system = inside.reshape(systems, -1).mean(axis=1)
    print(f"in their 90 % bands: {100 * inside.mean():.1f} % of states, by system from "
          f"{100 * by_system.min():.0f} to {100 * by_system.max():.0f} %")  # fmt: skip


if __name__ == "__main__":
    main()
