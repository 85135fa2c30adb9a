"""Runs from beginning to end: folders, seeds, signals, exit codes."""

import csv
import json
import signal
import subprocess
import time

import program
from program import tessera
from tiny import TINY, TinyTest, losses

ENDLESS = ("train.outer_steps=1000000", "train.warmup=1000", "output.checkpoint_every=1000000")


class Run(TinyTest):
    def gigaflops(self, folder):
        """What the steps of a run computed, whatever time they took."""
        with open(self.folder / folder / "metrics.csv", newline="", encoding="utf-8") as file:
            return sum(float(row["seconds"]) * float(row["gflops"]) for row in csv.DictReader(file))

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

    def test_errors_on_the_test_split_stand_beside_the_losses_and_change_nothing(self):
        self.finishes("--out", "blind", "--quiet")
        self.finishes("--out", "watched", "--quiet", "output.test_every=2")

        rows = losses(self.folder / "watched")
        self.assertEqual([row["test.mse_mean"] != "" for row in rows], [False, True, False, True])
        last = float(rows[-1]["test.rel_l2_median"])
        self.assertAlmostEqual(last, self.summary("watched")["test"]["rel_l2_median"], delta=1e-5 * last)
        self.assertEqual(self.digest("watched"), self.digest("blind"))

    def test_what_is_held_out_is_measured_and_not_learnt_from(self):
        self.finishes("--out", "all", "--quiet")
        self.finishes("--out", "held", "--quiet", "train.held_out=trajectory")
        self.finishes("--out", "tail", "--quiet", "train.held_out=tail")

        rows = losses(self.folder / "held")
        self.assertEqual([row["held_out.mse_mean"] != "" for row in rows], [False, False, False, True])
        last = float(rows[-1]["held_out.mse_mean"])
        chosen = self.summary("held")["held_out"]
        self.assertAlmostEqual(last, chosen["mse_mean"], delta=1e-5 * last)
        self.assertGreater(chosen["adapt_mse_mean"], 0)
        self.assertNotIn("adapt_mse_mean", self.summary("tail")["held_out"])
        self.assertNotIn("held_out", self.summary("all"))
        self.assertEqual(len({self.digest(run) for run in ("all", "held", "tail")}), 3)

    def test_noise_and_fewer_systems_make_a_harder_set_of_the_same_file(self):
        self.finishes("--out", "easy", "--quiet", "data.path=set.h5")
        made = (self.folder / "set.h5").read_bytes()
        self.finishes("--out", "hard", "--quiet", "data.path=set.h5", "data.noise=0.05", "data.keep=2")

        self.assertEqual((self.folder / "set.h5").read_bytes(), made)
        table = self.summary("hard")["routing"]["table"]
        self.assertEqual([sum(row) for row in table], [2, 2, 2, 2])
        self.assertNotEqual(self.digest("hard"), self.digest("easy"))

    def test_the_gate_looks_at_few_trajectories_and_gives_up_early_when_told(self):
        words = ("gate.every=1", "gate.full_update=true", "gate.inner=0")
        self.finishes("--out", "whole", "--quiet", *words)
        self.finishes("--out", "some", "--quiet", "gate.trajectories=1", "gate.stop=1", *words)

        self.assertGreater(float(losses(self.folder / "some")[-1]["gate.updates"]), 0)
        self.assertLess(self.gigaflops("some"), 0.95 * self.gigaflops("whole"))
        self.refused(("check", "tiny.toml", "gate.stop=0.5"), "gate.stop", "0 (never)")

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

    def test_one_and_two_threads_give_the_same_parameters_bit_for_bit(self):
        wide = ("experts.width=33", "experts.depth=3", "train.inner_model=3")
        for update in ("alternate", "joint"):
            words = (*wide, f'train.update="{update}"', "--quiet")
            self.finishes(*words, "--threads", "1", "--out", f"one_{update}")
            self.finishes(*words, "--threads", "2", "--out", f"two_{update}")

            self.assertEqual(self.digest(f"one_{update}"), self.digest(f"two_{update}"))
        self.assertNotEqual(self.digest("one_alternate"), self.digest("one_joint"))

    def test_every_kind_of_expert_runs_and_threads_do_not_change_it(self):
        wide = ("experts.width=33", "experts.depth=3", "train.inner_model=3", "--quiet")
        for kind in ("ncf", "coda"):
            for threads in (1, 2):
                words = (*wide, f"experts.type={kind}", "--threads", threads)
                self.finishes(*words, "--out", f"{kind}_{threads}")

            self.assertEqual(self.digest(f"{kind}_1"), self.digest(f"{kind}_2"))
            resolved = (self.folder / f"{kind}_1/config.resolved.toml").read_text()
            self.assertEqual("depth_ctx" in resolved, kind == "ncf")

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
