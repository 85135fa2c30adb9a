#!/usr/bin/env python3
"""Swings of pendulums, theta'' = -g / l sin(theta) - 0.1 theta', as tables, and how well a trained run says those
of new lengths.

experiments/pendulum/swing.py write [FOLDER]: the tables of this experiment (default: beside this file).
experiments/pendulum/swing.py measure RUN: takes every one of eight swings of five new lengths in turn for all that
is known of a pendulum, and the other seven of its length for what is asked. Both need NumPy.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
LENGTHS = (0.5, 0.7, 0.9, 1.2, 1.5, 1.9)
NEW_LENGTHS = (0.6, 0.8, 1.1, 1.35, 1.7)
TIMES = np.linspace(0, 5, 50)
BAND = 1.645   # deviations on either side that hold nine tenths


def slope(length, state):
    theta, omega = state[..., 0], state[..., 1]
    return np.stack([omega, -9.81 / length * np.sin(theta) - 0.1 * omega], axis=-1)


def swing(length, starts):
    """States (start, time, state): the classical Runge-Kutta method, 40 steps between two stored times."""
    states, step = [np.asarray(starts, float)], (TIMES[1] - TIMES[0]) / 40
    for _ in TIMES[1:]:
        state = states[-1]
        for _ in range(40):
            a = slope(length, state)
            b = slope(length, state + step / 2 * a)
            c = slope(length, state + step / 2 * b)
            d = slope(length, state + step * c)
            state = state + step / 6 * (a + 2 * b + 2 * c + d)
        states.append(state)
    return np.stack(states, axis=1)


def draw_starts(draw, count):
    return np.stack([draw.uniform(-1.2, 1.2, count), draw.uniform(-1, 1, count)], axis=1)


def write_table(file, states):
    rows = (f"{t:.6f},{theta:.6f},{omega:.6f}\n" for t, (theta, omega) in zip(TIMES, states))
    file.write_text("t,theta,omega\n" + "".join(rows), encoding="utf-8")


def write(folder):
    """swings/ with four trajectories a length, one/ with the first of each, support.csv and query.csv."""
    draw = np.random.default_rng(20)
    lists = {"swings": ["file,system,length\n"], "one": ["file,system,length\n"]}
    for length in LENGTHS:
        for j, states in enumerate(swing(length, draw_starts(draw, 4))):
            for name in ("swings", "one")[: 2 if j == 0 else 1]:
                (folder / name).mkdir(exist_ok=True, parents=True)
                file = f"length_{length}_{j}.csv"
                write_table(folder / name / file, states)
                lists[name].append(f"{file},length {length},{length}\n")
    for name, rows in lists.items():
        (folder / name / "systems.csv").write_text("".join(rows), encoding="utf-8")
    support, query = swing(1.1, [[0.9, 0.0], [-1.0, 0.5]])
    write_table(folder / "support.csv", support)
    write_table(folder / "query.csv", query)


def call(program, *words):
    answer = subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(answer.stderr or answer.stdout)


def measure(o):
    draw = np.random.default_rng(21)
    truth = np.stack([swing(length, draw_starts(draw, 8)) for length in NEW_LENGTHS])
    systems, count = truth.shape[:2]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        query = np.repeat(truth, count, axis=0)   # (support, start, time, state)
        np.savez(folder / "support.npz", t=TIMES, X=truth.reshape(systems * count, 1, *truth.shape[2:]))
        np.savez(folder / "query.npz", t=TIMES, X=query)
        adapted = folder / "adapted.json"
        call(o.program, "adapt", o.run, "--input", folder / "support.npz", "--out", adapted)
        found = json.loads(adapted.read_text())["adapt"]
        call(o.program, "predict", o.run, "--input", folder / "query.npz", "--systems", adapted,
             "--out", folder / "predicted.npz")  # fmt: skip
        predicted = np.load(folder / "predicted.npz")
        states, deviation = predicted["X"], predicted["deviation"]
    others = ~np.eye(count, dtype=bool)[np.arange(systems * count) % count]
    error = states - query
    amplitude = np.abs(query[..., 0]).max(axis=-1)
    rmse = (np.sqrt((error[..., 0] ** 2).mean(axis=-1)) / amplitude)[others]
    inside = (np.abs(error) <= BAND * deviation)[:, :, 1:][others].mean(axis=(1, 2))
    inside = inside.reshape(systems, count, count - 1)
    half = (BAND * deviation[:, :, 1:, 0]).mean(axis=-1)[others] / amplitude[others]
    foreign = np.mean([bool(system["foreign"]) for system in found])
    print(f"RMSE of the angle over its amplitude: median {100 * np.median(rmse):.1f} %, mean "
          f"{100 * rmse.mean():.1f} %, largest {100 * rmse.max():.1f} %; at most 3 % in "
          f"{100 * (rmse <= 0.03).mean():.0f} % of {rmse.size}")  # fmt: skip
    print(f"in their 90 % bands: {100 * inside.mean():.1f} % of states; by length "
          + ", ".join(f"{l}: {100 * share:.0f} %" for l, share in zip(NEW_LENGTHS, inside.mean(axis=(1, 2)))))
    print(f"half-width of bands of the angle over its amplitude: median {100 * np.median(half):.0f} %")
    print(f"called foreign: {100 * foreign:.0f} % of {len(found)}")


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tasks = words.add_subparsers(dest="task", required=True)
    tasks.add_parser("write").add_argument("folder", type=Path, nargs="?", default=HERE)
    measuring = tasks.add_parser("measure")
    measuring.add_argument("run")
    measuring.add_argument("--program", default=HERE.parents[1] / "tessera")
    o = words.parse_args()
    if o.task == "write":
        write(o.folder)
    else:
        measure(o)


if __name__ == "__main__":
    main()
