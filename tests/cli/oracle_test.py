"""tessera run on oracles: what a run of experts by place leaves in its folder."""

import json
import os

import program
from program import ROOT, ProgramTest, tessera

CONFIG = ROOT / "experiments/diffusion_sorption/oracle.toml"
SMALL = ("grid.cells=64", "grid.levels=31", "oracle.fields=6", "oracle.samples=3")


class Oracle(ProgramTest):
    def run_small(self, *words, threads="2"):
        answer = tessera(
            *("run", CONFIG, *SMALL, *words, "--quiet", "--out", "out"),
            cwd=self.folder,
            environment={**os.environ, "OMP_NUM_THREADS": threads},
        )
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads((self.folder / "out/summary.json").read_text())

    def test_a_run_has_figures_tables_fields_and_pictures(self):
        summary = self.run_small('oracle.tables=["noise"]')

        self.assertEqual(summary["constraint"]["converged_share"], 1)
        self.assertLess(summary["test"]["rel_l2_mean"], 5e-3)
        self.assertLess(summary["constraint"]["interface_jump_max"], 1e-6)
        self.assertIn("| plain | 1e-06 |", (self.folder / "out/tables.md").read_text())
        self.assertEqual(len((self.folder / "out/experts.md").read_text().splitlines()), 6)
        for name in ("fields/fields.pvd", "fields/fields/003.vtr", "plots/slices.png"):
            self.assertTrue((self.folder / "out" / name).is_file(), name)

    def test_the_figures_do_not_depend_on_threads(self):
        figures = []
        for threads in ("1", "2"):
            summary = self.run_small("oracle.tables=[]", "--force", threads=threads)
            del summary["constraint"]["seconds_per_solve"]
            figures.append((summary["test"], summary["constraint"]))

        self.assertEqual(figures[0], figures[1])

    def test_boxes_alone_fail_visibly(self):
        summary = self.run_small("oracle.tables=[]", 'constraint.coupling="none"')

        self.assertGreater(summary["test"]["rel_l2_mean"], 0.05)

    def test_a_config_that_cannot_be_solved_is_refused_and_leaves_nothing(self):
        words = ("run", str(CONFIG), *SMALL, "--out", "bad")
        self.refused((*words, "experts.in_space=40"), "40 boxes cannot share 64 cells")
        self.refused((*words, "constraint.cells=5"), "constraint.cells = 5 does not divide")
        self.refused((*words, 'constraint.coupling="none"', "experts.in_time=2"), "boxes in t")
        self.refused((*words, 'constraint.norm="stop"'), "choose one of step, plain")
        self.refused((*words, "oracle.functions=7"), "oracle.fields = 6")
        self.refused((*words, 'oracle.tables=["rose"]'), "rows, fixed, reference, coupling, noise")
        self.assertFalse((self.folder / "bad").exists())


if __name__ == "__main__":
    program.main()
