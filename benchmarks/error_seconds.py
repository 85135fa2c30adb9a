#!/usr/bin/env python3
"""Whether a trained basis pays: error against seconds a solve of a run of experts by place and of a classical solver,
on the same problems and cores.

benchmarks/error_seconds.py RUN [--grids 16 32 …] [--tolerances 1e-2 1e-3 …] [--samples 10] [--threads 1]: the method
of lines of the run's own equation on every grid with every local error, its trained model beside it, errors against
the finest solution at the cells that each solves on. Prints the classical solves that no other is both better and
faster than, and how many solves it takes until training has paid; all of them go into error-seconds.csv, and into
error-seconds.png where matplotlib is there.
"""

import argparse
import csv
import json
import math
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Solve(NamedTuple):
    """Medians over the problems, each behind it the least and the most."""

    solver: str
    cells: int
    local_error: float
    error: float
    error_least: float
    error_most: float
    seconds: float
    seconds_least: float
    seconds_most: float


def measure(o):
    """The trained model's solve and the classical ones."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        command = [o.program, "bench", "truth", f"bench.run={o.run}", f"bench.grids={o.grids}",
                   f"bench.tolerances={o.tolerances}", f"bench.finest={o.finest}",
                   f"bench.finest_tolerance={o.finest_tolerance}", f"bench.samples={o.samples}",
                   f"bench.seed={o.seed}", "--threads", o.threads, "--json", file]  # fmt: skip
        answer = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
        if answer.returncode:
            raise SystemExit(answer.stderr or answer.stdout)
        figures = json.loads(file.read_text(encoding="utf-8"))
    print(figures["note"])

    def solve(solver, cells, local_error, error, seconds):
        return Solve(solver, cells, local_error, figures[error], *figures[error + "_spread"], figures[seconds],
                     *figures[seconds + "_spread"])  # fmt: skip

    classical = []
    for name in figures:
        kind, *rest = name.split("_")
        if kind == "seconds" and len(rest) == 2:
            cells, tolerance = rest
            error = f"error_{cells}_{tolerance}"
            classical.append(solve("method of lines", int(cells), float(tolerance), error, name))
    return solve("trained", o.cells, math.nan, "model_error", "model_seconds"), classical


def best_of(solves):
    """Those that no other is both better and faster than, the fastest first."""
    kept = []
    for solve in sorted(solves, key=lambda s: (s.seconds, s.error)):
        if not kept or solve.error < kept[-1].error:
            kept.append(solve)
    return kept


def break_even(own, classical, training):
    """In words."""
    as_good = [s for s in classical if s.error <= own.error]
    if not as_good:
        return "no classical solve here is as good as the trained model: add grids and tolerances"
    rival = min(as_good, key=lambda s: s.seconds)
    told = f"the classical solver is as good in {rival.seconds:.2e} s ({rival.cells} cells, {rival.local_error:g})"
    if rival.seconds <= own.seconds:
        return f"solves until training has paid: never; {told}, the trained model takes {own.seconds:.2e} s"
    return f"solves until training has paid: {math.ceil(training / (rival.seconds - own.seconds))}; {told}"


def draw(file, own, classical, title):
    try:
        import matplotlib
    except ImportError:
        print("no picture: matplotlib is not there")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4.5), constrained_layout=True)
    for cells in sorted({s.cells for s in classical}):
        line = sorted((s for s in classical if s.cells == cells), key=lambda s: s.local_error)
        axes.loglog([s.seconds for s in line], [s.error for s in line], "o-", label=f"method of lines, {cells} cells")
    axes.loglog([own.seconds], [own.error], "*", color="black", markersize=14, label="trained")
    axes.set(xlabel="seconds a solve", ylabel="relative L2", title=title)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    figure.savefig(file, dpi=150)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("run", type=Path, help="folder of a finished run of experts by place")
    words.add_argument("--program", default=ROOT / "tessera")
    words.add_argument("--grids", type=int, nargs="+", default=[16, 32, 64, 128, 256], help="cells")
    words.add_argument("--tolerances", type=float, nargs="+", default=[1e-2, 1e-3, 1e-4, 1e-5, 1e-6],
                       help="local errors")  # fmt: skip
    words.add_argument("--finest", type=int, default=1024, help="cells of the solution that errors are taken against")
    words.add_argument("--finest-tolerance", type=float, default=1e-9, help="its local error")
    words.add_argument("--samples", type=int, default=10, help="problems")
    words.add_argument("--seed", type=int, default=0, help="what they are drawn from")
    words.add_argument("--threads", type=int, default=1, help="of the model; a classical solve has one")
    words.add_argument("--out", type=Path, help="folder of csv and picture (default: the run's)")
    o = words.parse_args()
    o.run = o.run.resolve()
    try:
        summary = json.loads((o.run / "summary.json").read_text(encoding="utf-8"))
        run = json.loads((o.run / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise SystemExit(f"{missing.filename} is not there; name the folder of a finished run") from None
    o.cells = tomllib.loads((o.run / "config.resolved.toml").read_text(encoding="utf-8"))["grid"]["cells"]
    own, classical = measure(o)
    print("\n| solver | cells | local error | relative L2, % | s a solve |\n|---|---|---|---|---|")
    for s in [*best_of(classical), own]:
        local = "" if math.isnan(s.local_error) else f"{s.local_error:g}"
        print(f"| {s.solver} | {s.cells} | {local} | {100 * s.error:.4f} | {s.seconds:.2e} |")
    training, threads = summary["train"]["seconds"], run["kokkos"]["threads"]
    print(f"\ntraining: {training:.1f} s on {threads} threads; {break_even(own, classical, training)}")
    folder = o.out or o.run
    with open(folder / "error-seconds.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([Solve._fields, *classical, own])
    draw(folder / "error-seconds.png", own, classical, f"{summary['experiment']}, {o.samples} problems")


if __name__ == "__main__":
    main()
