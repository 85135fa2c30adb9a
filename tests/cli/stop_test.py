"""Stops: every phase ends soon after a signal or the wall time, with exit code 3, and
--resume gives the summary of a run that nobody stopped."""

import json
import random
import signal
import subprocess
import time

import program
from program import ROOT, tessera
from tiny import TINY, ProgramTest

PLACE = (ROOT / "tests/support/place.toml").read_text(encoding="utf-8")
# Phases long enough to be met: training, adaptation; truth, training, test.
MIXTURE = ("train.outer_steps=40", "adapt.search_steps=60", "adapt.polish_steps=60",
           'output.sinks=["predictions", "pictures", "paraview"]')  # fmt: skip
PLACES = ("data.path=own.h5", "test.samples=150", "test.baselines=[\"legendre\", \"pod\"]", "train.steps=12")
CLOCKS = ("wall_seconds", "peak_rss_mb", "seconds", "gflops", "seconds_per_query",
          "seconds_single_query")  # fmt: skip
# Seconds. The two that are promised hold on a quiet machine; here it tells a stop from a run that goes
# on to its end, under sanitizers and beside other tests too.
PATIENCE = 60


def without_clocks(json_):
    if not isinstance(json_, dict):
        return json_
    return {k: without_clocks(v) for k, v in json_.items() if k not in CLOCKS}


class Stop(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("tiny.toml", TINY)
        self.write("place.toml", PLACE)

    def start(self, *words):
        return subprocess.Popen(
            [program.PROGRAM, "run", *words], cwd=self.folder, stderr=subprocess.PIPE, text=True
        )

    def summary(self, out):
        return without_clocks(json.loads((self.folder / out / "summary.json").read_text()))

    def stop_at_random(self, config, words, stops):
        begin = time.monotonic()
        process = self.start(config, *words, "--out", "whole", "--quiet")
        self.assertEqual((process.communicate()[1], process.returncode), ("", 0))
        whole, draw, met = time.monotonic() - begin, random.Random(1), 0
        stops = stops if whole < 8 else 2  # sanitizers
        for k in range(stops):
            out = f"out{k}"
            process = self.start(config, *words, "--out", out, "--quiet")
            # Behind the start of the program, which no handler is there for yet.
            time.sleep(0.4 + (whole - 0.4) * draw.random())
            asked = time.monotonic()
            process.send_signal(signal.SIGTERM)
            message = process.communicate()[1]
            self.assertLess(time.monotonic() - asked, PATIENCE)
            # A signal before the program listens to any ends it as the system does.
            self.assertIn(process.returncode, (0, 3, -signal.SIGTERM), message)
            met += process.returncode == 3
            if process.returncode == 0:   # the whole run was timed on a busier machine
                whole = 0.4 + 0.7 * (whole - 0.4)
            if process.returncode == 3:
                self.assertFalse((self.folder / out / "summary.json").exists())
            answer = tessera("run", config, *words, "--out", out, "--resume", cwd=self.folder)
            self.assertEqual(answer.returncode, 0, answer.stderr)
            self.assertEqual(self.summary(out), self.summary("whole"))
        self.assertGreater(met, 0)

    def test_a_mixture_stops_at_any_moment_and_goes_on(self):
        self.stop_at_random("tiny.toml", MIXTURE, 6)

    def test_experts_by_place_stop_at_any_moment_and_go_on(self):
        self.stop_at_random("place.toml", PLACES, 6)

    def test_a_trained_run_is_not_trained_again(self):
        words = ("tiny.toml", "adapt.search_steps=100000", "--out", "out")
        process = self.start(*words)
        log, end = self.folder / "out/checkpoints/step_00000004.h5", time.monotonic() + 60
        while not log.exists() and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        message = process.communicate()[1]
        before = (self.folder / "out/metrics.csv").read_bytes()

        self.assertEqual(process.returncode, 3, message)
        self.assertIn("--resume", message)
        answer = tessera("run", *words, "--resume", "run.walltime=4", cwd=self.folder)
        self.assertEqual(answer.returncode, 3, answer.stderr)
        self.assertIn("the wall time is over", answer.stderr)
        self.assertEqual((self.folder / "out/metrics.csv").read_bytes(), before)

    def test_wall_time_is_looked_at_while_data_and_truth_are_made(self):
        for config, words in (
            ("tiny.toml", ("data.test_starts=3000",)),
            ("place.toml", ("test.samples=100000", "data.path=t.h5")),
        ):
            begin = time.monotonic()
            answer = tessera("run", config, *words, "run.walltime=1", "--out", config[:-5], cwd=self.folder)
            self.assertEqual(answer.returncode, 3, answer.stderr)
            self.assertLess(time.monotonic() - begin, 1 + PATIENCE)
            self.assertTrue((self.folder / config[:-5] / "run.json").exists())

    def test_wall_time_is_written_as_slurm_does(self):
        for text in ("90", "0.5", '"90"', "1:30", "11:50:00", "1-0", "2-12:30", "1-02:03:04"):
            answer = tessera("check", "tiny.toml", f"run.walltime={text}", cwd=self.folder)
            self.assertEqual(answer.returncode, 0, answer.stderr)
        for text in ("-1", "nan", "1:2:3:4", "1-", "a", '"1:"', "2026-01-01", "1-2-3", "1-1:1:1:1"):
            self.refused(("check", "tiny.toml", f"run.walltime={text}"), "run.walltime", "Slurm")
        for text, seconds in (('"0:02"', 2), ("00:00:01", 1), ("0-00:00:02", 2), ("1", 1)):
            begin = time.monotonic()
            answer = tessera("run", "tiny.toml", "train.outer_steps=1000000", "--out", "out", "--force",
                             f"run.walltime={text}", cwd=self.folder)  # fmt: skip
            self.assertEqual(answer.returncode, 3, answer.stderr)
            spent = time.monotonic() - begin
            self.assertTrue(seconds - 0.5 < spent < seconds + PATIENCE, (text, spent))


if __name__ == "__main__":
    program.main()
