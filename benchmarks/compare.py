#!/usr/bin/env python3
"""Times Tessera beside a program of another framework that does the same work, in turn on the same
cores, and prints how many times faster it is.

  benchmarks/compare.py ode                     one outer step of MixER beside JAX, both variants
  benchmarks/compare.py ode --variants grouped --pairs 7 --json ode.json

The JAX side runs in a virtual environment that is made on first use (benchmarks/jax/
requirements.txt, exact versions and hashes) in build/jax-venv.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
JAX = ROOT / "benchmarks" / "jax"


class Failure(Exception):
    """Something the comparison needs is missing or does not run."""


def run(command, what, environment=None):
    """Runs a command to its end; a Failure carries the last lines it wrote."""
    answer = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if answer.returncode != 0:
        lines = (answer.stderr or answer.stdout).strip().splitlines()[-5:]
        raise Failure(f"{what} ended with {answer.returncode}:\n  " + "\n  ".join(lines))
    return answer.stdout


def make_environment(folder):
    """The Python of a virtual environment with what requirements.txt asks for."""
    python = folder / "bin" / "python"
    wanted = (JAX / "requirements.txt").read_text(encoding="utf-8")
    stamp = folder / "requirements.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"installing JAX into {folder}", file=sys.stderr)
    run([sys.executable, "-m", "venv", folder], "making the virtual environment")
    words = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    words += ["--require-hashes", "--only-binary", ":all:"]
    run([*words, "-r", JAX / "requirements.txt"], "pip install (is PyPI reachable?)")
    stamp.write_text(wanted, encoding="utf-8")
    return python


def find_program(given):
    """The program to time: the one given, or this tree's, built where it is not up to date."""
    if given:
        if not os.access(given, os.X_OK):
            raise Failure(f"--program {given}: cannot be run; name the built program")
        return Path(given).resolve()
    run([ROOT / "tessera", "build", "tessera"], "./tessera build tessera")
    arch = os.environ.get("TESSERA_ARCH") or "native"
    tree = "release" if arch == "native" else f"release-{arch}"
    return ROOT / "build" / tree / "src" / "app" / "tessera"


def cores(count):
    """The first `count` cores this process may use."""
    allowed = sorted(os.sched_getaffinity(0))
    if count > len(allowed):
        raise Failure(f"--cores {count}: this process may use {len(allowed)}")
    return allowed[:count]


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def describe(name, s, unit):
    return f"{name:<34}{s['min']:>10.4g}{s['median']:>10.4g}{s['max']:>10.4g}  {unit}"


class OdeWork:
    """One outer step at the published sizes, by either program."""

    def __init__(self, o, program, python, folder):
        self.o, self.program, self.python, self.folder = o, program, python, folder

    def ours(self, *words):
        file = self.folder / "ours.json"
        run(
            [self.program, "bench", "ode", f"bench.steps={self.o.steps}", *words, "--json", file],
            "tessera bench ode",
        )
        return json.loads(file.read_text(encoding="utf-8"))

    def theirs(self, variant, *words):
        file = self.folder / "theirs.json"
        command = [self.python, JAX / "mixer_step.py", "--data", self.folder / "step",
                   f"--{variant}", "--repeats", self.o.steps, "--json", file, *words]  # fmt: skip
        run(command, f"mixer_step.py --{variant}", os.environ | {"JAX_PLATFORMS": "cpu"})
        return json.loads(file.read_text(encoding="utf-8"))


def pairs_of(work, variant, count):
    """A B A B ...: seconds of both in each pair, the figures of the last."""
    ours, theirs = [], []
    for n in range(count):
        a = work.ours()
        b = work.theirs(variant)
        ours.append(a["seconds_per_outer_step"])
        theirs.append(b["seconds_per_outer_step"])
        print(f"{variant} pair {n + 1} of {count}: tessera {ours[-1]:.3f} s, JAX {theirs[-1]:.3f} s",
              file=sys.stderr)  # fmt: skip
    ratio = [b / a for a, b in zip(ours, theirs)]
    return {
        "tessera_seconds": ours,
        "jax_seconds": theirs,
        "ratios": ratio,
        "ratio": spread(ratio),
        "jax_first_call_seconds": b["first_call_seconds"],
        "tessera_peak_rss_mb": a["peak_rss_mb"],
        "jax_peak_rss_mb": b["peak_rss_mb"],
    }


def compare_ode(o, program, python, folder):
    work = OdeWork(o, program, python, folder)
    work.ours(f"bench.export={folder / 'step'}")
    content = {"cores": o.cores, "steps_a_run": o.steps}
    for variant in o.variants:
        if not o.no_check:
            # The same loss, gradients and cross losses, or there is nothing to compare.
            content[f"{variant}_check"] = work.theirs(variant, "--check")
        found = content[variant] = pairs_of(work, variant, o.pairs)
        print(f"{'ode, JAX --' + variant:<34}{'min':>10}{'median':>10}{'max':>10}")
        print(describe("tessera", spread(found["tessera_seconds"]), "s per outer step"))
        print(describe("JAX", spread(found["jax_seconds"]), "s per outer step"))
        print(describe("JAX / tessera", found["ratio"], "times"), flush=True)
    return content


def parse(words):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", choices=["ode"], help="what to compare")
    parser.add_argument("--variants", nargs="+", choices=["published", "grouped"],
                        default=["published", "grouped"], help="JAX programs (default both)")  # fmt: skip
    parser.add_argument("--pairs", type=int, default=5, help="runs of each (default 5)")
    parser.add_argument("--steps", type=int, default=5, help="outer steps of a run (default 5)")
    parser.add_argument("--cores", type=int, default=2, help="cores of both (default 2)")
    parser.add_argument("--program", help="a built tessera (default: this tree's)")
    parser.add_argument("--venv", type=Path, default=ROOT / "build" / "jax-venv",
                        help="folder of the virtual environment")  # fmt: skip
    parser.add_argument("--no-check", action="store_true", help="compare times only")
    parser.add_argument("--json", type=Path, help="file for all figures")
    options = parser.parse_args(words)
    if min(options.pairs, options.steps, options.cores) < 1:
        parser.error("--pairs, --steps and --cores must be at least 1")
    return options


def main(words):
    o = parse(words)
    try:
        program, python = find_program(o.program), make_environment(o.venv.resolve())
        os.sched_setaffinity(0, cores(o.cores))  # inherited by both programs
        with tempfile.TemporaryDirectory() as folder:
            content = compare_ode(o, program, python, Path(folder))
        if o.json:
            o.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    except (Failure, OSError) as problem:
        print(f"compare.py: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
