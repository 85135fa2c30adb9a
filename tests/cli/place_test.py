"""tessera run on a network that is trained through the constraint layer."""

import csv
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import program
from archive import npz
from program import ROOT, ProgramTest, tessera

BAD_DATA = Path(sys.argv.pop(2)).resolve()  # tests/support/bad_data.cpp
CONFIG = (ROOT / "tests/support/place.toml").read_text(encoding="utf-8")


# An equation over two axes of space, as small.
PLANE = """
[experiment]
name = "plane"
title = "Four boxes of a square"

[equation]
rate = "D*(u_xx + u_yy) + u*(1 - u)"
parameters = { D = 2e-2, height = [0.5, 1.0], middle = [0.3, 0.7] }
length = [1.0, 1.0]
horizon = 0.5

[boundary]
bottom = "periodic"

[initial]
field = "height*exp(-20*(x - middle)^2)*(2 + sin(2*pi*y))"

[grid]
cells = [8, 8]
levels = 9

[network]
widths = [4, 4]
modes_x = 2
modes_y = 2
knots = 3
projection = 6
functions = 4

[experts]
in_space = [2, 2]

[constraint]
first_level = 1

[train]
steps = 2
batch = 1

[test]
samples = 2
queries = 1
"""


def metrics(folder):
    """metrics.csv without its clocks."""
    with open(folder / "metrics.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [{k: v for k, v in row.items() if not k.startswith("seconds")} for row in rows]


class Place(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("place.toml", CONFIG)

    def finishes(self, *words, out="out", threads="2"):
        answer = tessera(
            *("run", "place.toml", *words, "--quiet", "--out", out),
            cwd=self.folder,
            environment={**os.environ, "OMP_NUM_THREADS": threads},
        )
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return answer

    def summary(self, out="out"):
        summary = json.loads((self.folder / out / "summary.json").read_text())
        for clock in ("seconds_per_query", "seconds_single_query"):
            summary["test"].pop(clock, None)
        return summary

    def figures(self, out="out"):
        summary = self.summary(out)
        return summary["test"], summary["constraint"], summary["train"]["parameters_digest"]

    def test_a_run_has_figures_fields_and_pictures(self):
        self.finishes('test.baselines=["lift","legendre","pod","network_at_start"]', "test.after=400")

        summary = self.summary()
        self.assertEqual(summary["constraint"]["converged_share"], 1)
        self.assertLess(summary["test"]["rel_l2_mean"], 0.1)
        self.assertIn("rel_l2_after_mean", summary["test"])
        self.assertEqual(summary["constraint"]["gn_fallbacks"], 0)
        baselines = summary["baselines"]
        floor = baselines["modes of true fields (floor)"]["rel_l2_mean"]
        self.assertLess(floor, summary["test"]["rel_l2_mean"])
        self.assertEqual(len(baselines), 4)
        lift = baselines["the lift alone, nothing solved"]
        self.assertLess(0.001, lift["rel_l2_mean"])
        self.assertLess(lift["rel_l2_mean"], 0.2)
        self.assertEqual(len(metrics(self.folder / "out")), 4)
        for name in (
            *("fields/fields.pvd", "fields/fields/001.vtr", "plots/slices.png", "plots/loss.png"),
            *("plots/functions.png", "predictions.h5", "experts.md", "bases.md"),
        ):
            self.assertTrue((self.folder / "out" / name).is_file(), name)

    def test_sinks_are_chosen_as_for_mixtures(self):
        self.finishes('output.sinks=["pictures"]', "output.predictions=2", out="pictures")
        self.finishes('output.sinks=["predictions", "paraview"]', out="others")
        self.finishes("output.sinks=[]", out="none")

        shown = {"pictures": "plots/slices.png", "others": "predictions.h5", "none": "experts.md"}
        for out, own in shown.items():
            for name in ("plots/slices.png", "predictions.h5", "fields/fields.pvd"):
                wanted = name == own or (out, name) == ("others", "fields/fields.pvd")
                self.assertEqual((self.folder / out / name).exists(), wanted, (out, name))
            self.assertTrue((self.folder / out / "experts.md").exists())
        self.refused(("check", "place.toml", 'output.sinks=["picture"]'), '"pictures"')

    def test_runs_are_reported_side_by_side(self):
        self.finishes(out="out_seed0")
        self.finishes("run.seed=1", out="out_seed1")

        answer = tessera("report", "out", cwd=self.folder)

        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        head = answer.stdout.splitlines()[0]
        for text in ("test.rel_l2_mean", "constraint.converged_share"):
            self.assertIn(text, head)
        self.assertIn("| mean ± std of 2 | place |", answer.stdout)

    def test_a_run_of_experts_by_place_does_not_adapt(self):
        self.finishes()
        words = ("adapt", "out", "--input", "fields.h5", "--out", "x.npz")
        self.refused(words, "out: is a run of type place", "tessera predict")

    def predicts(self, *words):
        answer = tessera("predict", "out", *words, cwd=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return answer

    def test_predict_solves_the_problems_of_a_file_of_fields_with_the_error_of_the_run(self):
        self.finishes()

        answer = self.predicts("--input", "fields.h5")

        self.assertIn("predicted.h5: 3 problems x 21 levels x 32 cells, 3 of them", answer.stdout)
        error = float(re.search(r"given fields: ([\d.]+) \+-", answer.stdout).group(1))
        self.assertAlmostEqual(error, 100 * self.summary()["test"]["rel_l2_mean"], 3)
        same = self.predicts("--input", "predicted.h5", "--out", "again.h5", "--quiet")
        self.assertIn("given fields: 0.000", same.stdout)
        self.assertEqual(same.stderr, "")

    def test_predict_solves_new_starts_and_warns_of_those_that_nothing_was_trained_on(self):
        self.finishes()
        (self.folder / "new.npz").write_bytes(npz(u0=((3,), [0.05, 0.1, 0.25])))

        answer = self.predicts("--input", "new.npz", "--out", "new.h5", "--quiet")

        self.assertRegex(answer.stdout, r"^new\.h5: 3 problems .* converged\n$")
        self.assertIn("1 of 3 problems lie where the network was not trained", answer.stderr)
        self.assertIn("sample 2, u0 = 0.25 outside of [0, 0.2)", answer.stderr)

    def test_every_equation_trains_by_name(self):
        self.write("place.toml", CONFIG.replace('path = "fields.h5"\n', ""))
        for name in ("heat", "advection", "burgers", "fisher_kpp"):
            self.finishes("data.type=" + name, "constraint.first_level=1", out=name)

            summary = self.summary(name)
            self.assertEqual(summary["constraint"]["converged_share"], 1, name)
            self.assertTrue(math.isfinite(summary["test"]["rel_l2_mean"]), name)
        (self.folder / "new.npz").write_bytes(npz(parameters=((1, 2), [0.5, 0.4])))
        words = ("predict", "fisher_kpp", "--input", "new.npz", "--out", "new.h5")
        answer = tessera(*words, cwd=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def test_bench_sets_the_trained_model_beside_the_classical_solver(self):
        self.finishes()
        words = ("bench", "truth", "bench.run=out", "bench.grids=[8]", "bench.tolerances=[1e-3]",
                 "bench.samples=1", "bench.finest_tolerance=1e-4")  # fmt: skip

        answer = tessera(*words, "bench.finest=128", "--json", "t.json", cwd=self.folder)

        self.assertEqual(answer.returncode, 0, answer.stderr)
        figures = json.loads((self.folder / "t.json").read_text())
        for name in ("model_error", "error_8_0.001"):
            self.assertGreater(figures[name], 0)
            self.assertLess(figures[name], 0.5)
        self.assertGreater(figures["model_seconds"], 0)
        self.refused((*words, "bench.finest=64"), "bench.finest", "at least 128")
        self.refused(("bench", "truth", "bench.run=none"), "none")

    def test_predict_takes_every_parameter_of_a_family_that_has_several(self):
        self.write("varied.toml", CONFIG.replace('path = "fields.h5"\n', ""))
        varied = ("data.type=diffusion_sorption_varied", "--out", "out", "--quiet")
        answer = tessera("run", "varied.toml", *varied, cwd=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        (self.folder / "new.npz").write_bytes(npz(parameters=((2, 3), [0.1, 1, 0, 0.1, -1, 0.5])))

        self.assertIn("2 problems", self.predicts("--input", "new.npz").stdout)

        words = ("predict", "out", "--out", "x.h5", "--input")
        self.refused((*words, "out/predictions.h5"), "fields alone do not tell u0, log2 D, n_f")
        (self.folder / "u0.npz").write_bytes(npz(u0=((2,), [0.1, 0.2])))
        self.refused((*words, "u0.npz"), 'no array "log2 D"', "u0, log2 D, n_f")

    def test_predict_refuses_what_it_cannot_solve_and_leaves_nothing(self):
        self.finishes()
        (self.folder / "nan.npz").write_bytes(npz(u0=((2,), [0.1, math.nan])))
        (self.folder / "good.npz").write_bytes(npz(u0=((1,), [0.1])))
        (self.folder / "other.npz").write_bytes(npz(v0=((1,), [0.1])))
        other_grid = ("truth", "--samples", "0:1", "--cells", "16", "--out", "coarse.h5", "--quiet")
        self.assertEqual(tessera(*other_grid, cwd=self.folder).returncode, 0)
        words = ("predict", "out", "--out", "x.h5", "--input")

        self.refused((*words, "nan.npz"), "nan.npz:/u0", "nan at sample 1", "leave that sample out")
        self.refused((*words, "other.npz"), "holds no problems", "u0")
        self.refused((*words, "coarse.h5"), "coarse.h5", "16")
        self.refused((*words, "none.h5"), "none.h5")
        self.refused((*words, "good.npz", "--environment", "0"), "told by u0", "--environment")
        self.refused(("predict", "out", "--input", "good.npz", "--out", "x.npz"), "name it .h5")
        for kind, *messages in (
            ("nan_fields", "0001/data", "not a finite number"),
            ("uneven_fields", "sample 1", "starts from a constant"),
        ):
            subprocess.run([BAD_DATA, kind, self.folder / f"{kind}.h5"], check=True)
            self.refused((*words, f"{kind}.h5"), f"{kind}.h5", *messages)
        self.assertEqual(list(self.folder.glob("x.*")), [])
        self.predicts("--input", "good.npz", "--out", "x.h5")
        self.refused((*words, "good.npz"), "x.h5 is there already", "--force")

    def plane_finishes(self, *words, out="out"):
        answer = tessera("run", "plane.toml", *words, "--quiet", "--out", out, cwd=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def test_an_equation_over_two_axes_is_checked_trained_and_solved(self):
        self.write("plane.toml", PLANE)

        check = tessera("check", "plane.toml", cwd=self.folder)
        self.plane_finishes('test.baselines=["legendre", "pod"]')
        halves = ("experts.in_space=[2, 1]", "train.cells=[8, 12]", "constraint.norm=propagated")
        self.plane_finishes(*halves, out="halves")

        self.assertEqual((check.returncode, check.stderr), (0, ""))
        for text in ("1 x 2 x 2 boxes, 4 functions", "on 9 levels x 8 x 8 cells"):
            self.assertIn(text, check.stdout)
        for out, boxes in (("out", 4), ("halves", 2)):
            summary = self.summary(out)
            self.assertEqual(summary["constraint"]["converged_share"], 1, out)
            self.assertTrue(math.isfinite(summary["test"]["rel_l2_mean"]), out)
            self.assertEqual(len(metrics(self.folder / out)), 2, out)
            table = (self.folder / out / "bases.md").read_text()
            self.assertIn(f"| trained network | 4 | {boxes} |", table)
        baselines = self.summary()["baselines"]
        self.assertLess(baselines["Legendre products, 1 x 2 x 2"]["rel_l2_mean"], 0.5)
        self.assertLess(baselines["modes of true fields (floor)"]["rel_l2_mean"], 0.2)

    def test_a_trained_network_solves_new_problems_over_two_axes(self):
        self.write("plane.toml", PLANE)
        self.plane_finishes("output.sinks=[]")
        (self.folder / "new.npz").write_bytes(npz(parameters=((1, 2), [0.8, 0.4])))

        answer = self.predicts("--input", "new.npz", "--quiet")

        self.assertRegex(answer.stdout, r"1 problems x 9 levels x 64 cells, 1 of them converged\n$")
        self.assertEqual(answer.stderr, "")

    def test_what_is_made_for_one_axis_is_refused_over_two(self):
        self.write("plane.toml", PLANE)
        words = ("check", "plane.toml")
        for word in (
            *("constraint.rows=reference", "constraint.cells=2", "constraint.spreading=0.1"),
            *("train.loss=published", "train.method=pi_sc"),
            'test.baselines=["legendre", "similarity"]',
        ):
            key = word.partition("=")[0]
            self.refused((*words, word), f"{key} asks for", "one axis of space")
        self.refused((*words, "network.modes_t=2"), "modes_t is for one axis", "network.knots")
        for word in (
            *("grid.cells=8", "grid.cells=[8]", "train.cells=[8, 8, 8]"),
            *("experts.in_space=4", "experts.in_space=[4]"),
        ):
            key = word.partition("=")[0]
            self.refused((*words, word), f"{key} must have one number for each axis", "[x, y]")
        self.refused((*words, "grid.cells=[8, 4]"), "must lie in [8, 1048576], found 4")
        self.refused((*words, "grid.cells=[2048, 1024]"), "2097152 together", "at most 1048576")
        self.refused((*words, "network.modes_y=5"), "5 modes")
        self.refused((*words, "experts.in_space=[2, 3]"), "3 boxes cannot share 8 cells")
        self.refused((*words, "equation.length=[1, 1, 1]"), "three axes", "one or two")
        self.refused((*words, "equation.length=1.0"), "equation.rate", "u_yy", "an axis y")
        self.refused((*words, 'boundary.front="flux 0"'), "boundary.front", "an axis z")

    def test_lists_of_one_number_are_one_axis(self):
        self.write("place.toml", CONFIG.replace("in_space = 2", "in_space = [2]"))
        self.finishes(out="list")
        self.write("place.toml", CONFIG)
        self.finishes(out="number")

        self.assertEqual(self.figures("list"), self.figures("number"))
        self.refused(("check", "place.toml", "grid.cells=[32, 32]"), "a number, or [x]")

    def test_the_figures_do_not_depend_on_threads(self):
        self.finishes(out="one", threads="1")
        self.finishes(out="two", threads="2")

        self.assertEqual(self.figures("one"), self.figures("two"))
        self.assertEqual(metrics(self.folder / "one"), metrics(self.folder / "two"))

    def test_a_run_in_two_parts_gives_the_numbers_of_one(self):
        self.finishes(out="whole")
        self.finishes("train.stop_after=2", out="parts")
        self.assertFalse((self.folder / "parts/summary.json").exists())

        self.finishes("--resume", out="parts")

        self.assertEqual(self.figures("parts"), self.figures("whole"))
        self.assertEqual(metrics(self.folder / "parts"), metrics(self.folder / "whole"))
        self.refused(
            ("run", "place.toml", "train.batch=3", "--out", "parts", "--resume"),
            "train.batch = 3 (was 2)",
        )

    def test_the_published_methods_run_from_one_key(self):
        shared = ("train.loss=published", "network.profiles=[]", "optimizer.schedule.type=decay")
        rows = ("constraint.rows=reference", "constraint.coupling=none", "constraint.points=100")
        self.finishes("train.method=pi_hc_moe", *shared, *rows, out="moe")
        self.finishes("train.method=pi_hc", "experts.in_space=1", *shared, *rows, out="hc")
        soft = ("train.method=pi_sc", "experts.in_space=1", "network.functions=1")
        self.finishes(*soft, "network.profiles=[]", "train.right=truth", out="sc")

        terms = ("loss.initial", "loss.left", "loss.right", "loss.equation")
        for out in ("moe", "hc", "sc"):
            row = metrics(self.folder / out)[-1]
            total = sum(float(row[term]) for term in terms)
            self.assertAlmostEqual(float(row["loss"]), total, 9, out)
        self.assertNotIn("constraint", self.summary("sc"))

    def test_a_sample_that_does_not_converge_is_named_and_the_run_goes_on(self):
        answer = self.finishes("constraint.max_iterations=1", "constraint.frozen_passes=0")

        self.assertIn("step 1: the constraint for u0 = 0.", answer.stderr)
        self.assertIn("did not converge within 1 iterations: no gradient", answer.stderr)
        self.assertEqual(self.summary()["train"]["unconverged"], 8)
        self.assertEqual(self.summary()["constraint"]["converged_share"], 0)

    def test_a_config_that_contradicts_itself_is_refused_and_leaves_nothing(self):
        words = ("run", "place.toml", "--out", "bad")
        self.refused((*words, "train.method=pi_hc"), "in_space", "pi_hc", "one box")
        self.refused((*words, "train.method=pi_sc"), "functions", "must be 1")
        self.refused((*words, "train.method=pi"), "pi_hc_moe, pi_hc, pi_sc")
        self.refused((*words, "network.widths=[]"), "widths")
        self.refused((*words, "network.modes_x=40"), "modes")
        self.refused((*words, 'test.baselines=["fourier"]'), "network_at_start, lift, legendre")
        self.refused((*words, "constraint.rows=reference"), "coupling")
        self.refused((*words, "experts.in_space=20"), "20 boxes cannot share 32 cells")
        self.refused((*words, "data.type=heta"), "heat")
        self.refused((*words, "data.type=diffusion_sorption_varied"), "data.path")
        self.assertFalse((self.folder / "bad").exists())

    def test_true_fields_that_cannot_be_used_are_refused(self):
        words = ("run", "place.toml", "--out", "bad", "--quiet")
        self.finishes()
        fields = self.folder / "fields.h5"
        whole = fields.read_bytes()
        self.refused((*words, "grid.cells=64"), "fields.h5", "32")
        self.refused((*words, "test.samples=4"), "has 3 samples", "test.samples = 4")
        for bad in (b"not HDF5", b"", whole[: len(whole) // 2]):
            fields.write_bytes(bad)
            self.refused(words, "fields.h5")
        for kind, *messages in (
            ("nan_fields", "0001/data", "not a finite number"),
            ("uneven_fields", "sample 1", "u(0, x) runs from 0.1", "starts from a constant"),
        ):
            fields.unlink()
            subprocess.run([BAD_DATA, kind, fields], check=True)
            self.refused(words, "fields.h5", *messages)
        self.assertFalse((self.folder / "bad").exists())


if __name__ == "__main__":
    program.main()
