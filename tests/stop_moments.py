#!/usr/bin/env python3
"""Stops runs of experts by kind and by place with SIGTERM at moments drawn over all of their phases, resumes
each once, and demands exit code 3 within two seconds and the summary of a run that nobody stopped.

    tests/stop_moments.py build/release/src/app/tessera [--moments 30] [--seed 1] [--kinds mixture place]

A signal that meets the program before it listens, or behind its end, stops nothing: its moment is drawn
again. Prints a Markdown table; exit code 1 where a promise is broken.
"""

import argparse
import collections
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "cli"))
import stops

KINDS = {kind.name: kind for kind in (stops.MIXTURE, stops.PLACE)}


def complaint_about(runs, out, stop, within):
    """What a stop and its resumption broke; nothing where all is well."""
    if stop.code != 3:
        return f"exit code {stop.code}: {stop.message}"
    if stop.seconds > within:
        return f"took {stop.seconds:.1f} s to stop"
    if runs.finished(out):
        return "has a summary of a run that was stopped"
    answer = runs.resume(out)
    if answer.returncode:
        return f"cannot be resumed, exit code {answer.returncode}: {answer.stderr}"
    return "" if runs.summary(out) == runs.summary("whole") else "its summary is another"


def stop_often(kind, moments, seed, within):
    """Prints a row for each phase; returns the complaints."""
    met, missed, complaints = collections.defaultdict(list), 0, []
    with tempfile.TemporaryDirectory() as name:
        runs = stops.Stops(Path(name), kind, seed)
        code, message = runs.run_whole("whole")
        if code:
            return [f"{kind.name}: the whole run ends with {code}: {message}"]
        whole = runs.whole
        while sum(map(len, met.values())) < moments and missed < moments:
            out = f"out{sum(map(len, met.values())) + missed}"
            stop = runs.stop(out)
            if stop.code in (0, -signal.SIGTERM):
                missed += 1
                continue
            met[stop.phase].append(stop.seconds)
            complaint = complaint_about(runs, out, stop, within)
            if complaint:
                complaints.append(f"{kind.name}, {stop.after:.2f} s after its start ({stop.phase}): {complaint}")
    for phase, seconds in met.items():
        print(f"| {kind.name}, {whole:.1f} s | {phase} | {len(seconds)} | {max(seconds):.2f} s |", flush=True)
    stopped = sum(map(len, met.values()))
    print(f"| {kind.name} | together, {missed} moments drawn again | {stopped} | |", flush=True)
    return complaints if stopped == moments else [*complaints, f"{kind.name}: only {stopped} were stopped"]


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    words.add_argument("program")
    words.add_argument("--moments", type=int, default=30, help="of each kind")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--within", type=float, default=2.0, help="seconds from the signal to the end")
    words.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    o = words.parse_args()
    print("| run | phase | stops | the slowest |\n|---|---|---|---|", flush=True)
    complaints = []
    for name in o.kinds:
        complaints += stop_often(KINDS[name], o.moments, o.seed, o.within)
    if complaints:
        sys.exit("stop_moments: " + "\n".join(complaints))
    print("\nAll ended with exit code 3 and were resumed to the summary of the whole run.")


if __name__ == "__main__":
    main()
