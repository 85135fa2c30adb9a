"""Runs from beginning to end: folders, seeds, signals, exit codes."""

import csv
import json
import signal
import subprocess
import time

import program
from program import ProgramTest, tessera

# The smallest mixture that passes through every stage.
TINY = """
[experiment]
name = "tiny"
[data]
setting = "small-4"
test_starts = 1
[experts]
count = 2
width = 8
depth = 1
[train]
outer_steps = 4
warmup = 1
inner_model = 1
inner_context = 1
[adapt]
search_steps = 2
polish_steps = 2
[output]
checkpoint_every = 2
sinks = []
"""
ENDLESS = ("train.outer_steps=1000000", "train.warmup=1000", "output.checkpoint_every=1000000")


def losses(folder):
    """metrics.csv without its clocks: what two runs of the same numbers share."""
    with open(folder / "metrics.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [{k: v for k, v in row.items() if k not in ("seconds", "gflops")} for row in rows]


class Run(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("tiny.toml", TINY)

    def run_tiny(self, *words):
        return tessera("run", "tiny.toml", *words, cwd=self.folder)

    def finishes(self, *words):
        answer = self.run_tiny(*words)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(answer.stdout, "")
        return answer

    def summary(self, folder):
        return json.loads((self.folder / folder / "summary.json").read_text())

    def test_a_run_leaves_its_config_metrics_and_summary(self):
        self.finishes("run.seed=3", "--quiet")

        folder = self.folder / "runs" / "tiny_seed3"
        for name in ("config.resolved.toml", "run.json", "log.txt", "metrics.csv", "checkpoints"):
            self.assertTrue((folder / name).exists(), name)
        self.assertEqual((folder / "config.toml").read_text(), TINY)
        self.assertEqual(self.summary(folder)["seed"], 3)
        adapted = json.loads((folder / "adapted.json").read_text())["adapt"]
        self.assertEqual(len(adapted), 4)
        self.assertEqual(len(adapted[0]["context"]), 4)

    def test_the_resolved_config_is_accepted_as_it_stands(self):
        self.finishes("--out", "out", "--quiet")

        answer = tessera("check", "out/config.resolved.toml", cwd=self.folder)

        self.assertEqual(answer.returncode, 0, answer.stderr)

    def test_quiet_runs_say_nothing_and_batch_logs_hold_no_control_characters(self):
        quiet = self.finishes("--out", "quiet", "--quiet")
        loud = self.finishes("--out", "loud")

        self.assertEqual(quiet.stderr, "")
        self.assertIn("train: 4 of 4 (100 %)", loud.stderr)
        self.assertNotRegex(loud.stderr, "[\r\033]")

    def test_each_seed_has_a_folder(self):
        self.finishes("--seeds", "0,2", "--out", "out", "--quiet")

        self.assertEqual(self.summary("out_seed0")["seed"], 0)
        self.assertEqual(self.summary("out_seed2")["seed"], 2)

    def test_a_folder_with_a_run_is_kept_unless_told_otherwise(self):
        self.finishes("--out", "out", "--quiet")
        before = (self.folder / "out" / "metrics.csv").read_bytes()

        self.refused(("run", "tiny.toml", "--out", "out"), "--resume", "--force")
        self.assertEqual((self.folder / "out" / "metrics.csv").read_bytes(), before)
        self.finishes("--out", "out", "--quiet", "--force")

    def test_force_spares_a_folder_that_holds_no_run(self):
        (self.folder / "out").mkdir()
        self.write("out/thesis.tex", "years of work")

        self.refused(("run", "tiny.toml", "--out", "out", "--force"), "out")
        self.assertEqual((self.folder / "out/thesis.tex").read_text(), "years of work")

    def test_a_run_in_two_parts_gives_the_numbers_of_one(self):
        self.finishes("--out", "whole", "--quiet")

        self.finishes("train.stop_after=2", "--out", "parts", "--quiet")
        stopped = (self.folder / "parts" / "summary.json").exists()
        self.finishes("--out", "parts", "--quiet", "--resume")

        self.assertFalse(stopped)
        self.assertEqual(losses(self.folder / "parts"), losses(self.folder / "whole"))
        self.assertEqual(self.summary("parts")["test"], self.summary("whole")["test"])

        self.assertEqual(self.digest("parts"), self.digest("whole"))

    def digest(self, folder):
        return self.summary(folder)["train"]["parameters_digest"]

    def test_one_and_two_threads_give_the_same_parameters_bit_for_bit(self):
        wide = ("experts.width=33", "experts.depth=3", "train.inner_model=3")
        for update in ("alternate", "joint"):
            words = (*wide, f'train.update="{update}"', "--quiet")
            self.finishes(*words, "--threads", "1", "--out", f"one_{update}")
            self.finishes(*words, "--threads", "2", "--out", f"two_{update}")

            self.assertEqual(self.digest(f"one_{update}"), self.digest(f"two_{update}"))
        self.assertNotEqual(self.digest("one_alternate"), self.digest("one_joint"))

    def test_another_seed_gives_other_parameters(self):
        self.finishes("--seeds", "0,1", "--out", "out", "--quiet")

        self.assertNotEqual(self.digest("out_seed0"), self.digest("out_seed1"))

    def test_the_published_choices_run_to_the_end(self):
        self.finishes(
            'gate.start="published"', 'gate.clustering="published"', 'gate.fit="published"',
            'gate.matching="greedy"', "gate.every=1", 'train.window="published"',
            'train.selection="near_published"', "train.contributors=5",
            'train.proximal_scaling="published"', "train.proximal=10.0", 'optimizer.idle="update"',
            'optimizer.schedule="step"', 'adapt.start="zero"', "--out", "out", "--quiet",
        )

        self.assertIn("adapt", self.summary("out"))

    def test_every_sink_leaves_its_files(self):
        self.finishes(
            'output.sinks=["predictions", "pictures", "paraview"]', "--out", "out", "--quiet"
        )

        out = self.folder / "out"
        for name in ("gate", "loss", "phase_portraits"):
            self.assertEqual((out / "plots" / f"{name}.png").read_bytes()[1:4], b"PNG")
        self.assertIn("timestep", (out / "fields" / "trajectories.pvd").read_text())
        self.assertGreater((out / "predictions.h5").stat().st_size, 10000)

    def test_resume_refuses_another_config(self):
        self.finishes("train.stop_after=2", "--out", "out", "--quiet")

        self.refused(
            ("run", "tiny.toml", "train.inner_model=2", "--out", "out", "--resume"),
            "train.inner_model = 2 (was 1)",
        )
        self.finishes("output.checkpoint_every=1", "--out", "out", "--resume", "--quiet")

    def test_a_finished_run_is_not_run_again(self):
        self.finishes("--out", "out", "--quiet")
        before = (self.folder / "out" / "summary.json").read_bytes()

        self.finishes("--out", "out", "--resume")

        self.assertEqual((self.folder / "out" / "summary.json").read_bytes(), before)

    def test_a_signal_stops_with_a_checkpoint_and_its_own_exit_code(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
            with self.subTest(signal=number.name):
                out = self.folder / f"out_{number.name}"
                code, message = self.stop_by(number, out)

                self.assertEqual(code, 3, message)
                self.assertTrue(list((out / "checkpoints").glob("step_*.h5")))
                self.assertFalse((out / "summary.json").exists())

    def stop_by(self, number, out):
        command = [program.PROGRAM, "run", "tiny.toml", *ENDLESS, "--out", out, "--quiet"]
        with subprocess.Popen(
            command, cwd=self.folder, stderr=subprocess.PIPE, text=True
        ) as process:
            metrics, end = out / "metrics.csv", time.monotonic() + 60
            while time.monotonic() < end and process.poll() is None:
                if metrics.exists() and len(metrics.read_text().splitlines()) > 3:
                    break
                time.sleep(0.01)
            process.send_signal(number)
            _, message = process.communicate(timeout=60)
            return process.returncode, message


if __name__ == "__main__":
    program.main()
