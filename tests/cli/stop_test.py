"""Stops: every phase ends soon after a signal or the wall time, with exit code 3, and
--resume gives the summary of a run that nobody stopped."""

import signal
import subprocess
import time

import program
from program import tessera
from stops import MIXTURE, PLACE, Stops
from tiny import TINY, ProgramTest

# Seconds. The two that are promised hold on a quiet machine (stop_moments.py); here it tells a stop from
# a run that goes on to its end, under sanitizers and beside other tests too.
PATIENCE = 60


class Stop(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("tiny.toml", TINY)
        self.write("place.toml", PLACE.config)

    def stop_at_random(self, kind, count):
        stops = Stops(self.folder, kind, seed=1)
        self.assertEqual(stops.run_whole("whole"), (0, ""))
        count, met = count if stops.whole < 8 else 2, 0  # sanitizers
        for k in range(count):
            out = f"out{k}"
            stop = stops.stop(out)
            self.assertLess(stop.seconds, PATIENCE)
            # A signal before the program listens to any ends it as the system does.
            self.assertIn(stop.code, (0, 3, -signal.SIGTERM), stop.message)
            met += stop.code == 3
            if stop.code == 3:
                self.assertFalse(stops.finished(out))
            answer = stops.resume(out)
            self.assertEqual(answer.returncode, 0, answer.stderr)
            self.assertEqual(stops.summary(out), stops.summary("whole"))
        self.assertGreater(met, 0)

    def test_a_mixture_stops_at_any_moment_and_goes_on(self):
        self.stop_at_random(MIXTURE, 6)

    def test_experts_by_place_stop_at_any_moment_and_go_on(self):
        self.stop_at_random(PLACE, 6)

    def test_a_trained_run_is_not_trained_again(self):
        words = ("tiny.toml", "adapt.search_steps=100000", "--out", "out")
        process = subprocess.Popen([program.PROGRAM, "run", *words], cwd=self.folder,
                                   stderr=subprocess.PIPE, text=True)  # fmt: skip
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
