"""The words `bench ode` and `bench peak`: their figures, other sizes, and the exported iteration."""

import json
import re
import zipfile

import program
from program import ProgramTest, tessera

SMALL = ("bench.environments=4", "bench.experts=2", "bench.width=16", "bench.contributors=2",
         "bench.steps=1", "bench.warmup=1")  # fmt: skip
PHASES = ("gate_integration", "forward", "pull_back", "assembly", "clusters_fit", "optimizer")
KERNELS = ("forward", "adjoint", "forward_training", "adjoint_training")
ARRAYS = ("shape", "times", "states", "rows", "contexts", "route", "centroids", "contributors",
          "expert", "window", "tolerance", "losses", "loss", "row_gradient", "context_gradient",
          "cross")  # fmt: skip


class Bench(ProgramTest):
    def figures(self, name, *words):
        answer = tessera("bench", name, *words, "--json", "f.json", cwd=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads((self.folder / "f.json").read_text())

    def test_ode_tells_time_by_phase_and_the_share_of_the_peak(self):
        figures = self.figures("ode", *SMALL)

        names = ["seconds_per_outer_step", "integrations_per_second", "evaluations_per_second",
                 "gflops", "peak_gflops", "peak_share", "peak_rss_mb"]  # fmt: skip
        names += [f"seconds_{phase}" for phase in PHASES]
        names += [f"{kernel}_{unit}" for kernel in KERNELS for unit in ("gflops", "peak_share")]
        for name in names:
            self.assertGreater(figures[name], 0, name)
            self.assertEqual(len(figures[name + "_spread"]), 2, name)
        # The phases leave nothing out.
        parts = sum(figures[f"seconds_{phase}"] for phase in PHASES)
        self.assertLessEqual(parts, figures["seconds_per_outer_step"])
        self.assertGreater(parts, 0.7 * figures["seconds_per_outer_step"])

    def test_ode_counts_one_integration_of_each_start_on_each_expert_after_each_inner_step(self):
        figures = self.figures("ode", *SMALL)

        count = figures["integrations_per_second"] * figures["seconds_per_outer_step"]

        self.assertAlmostEqual(count, 24 * (4 * 2 + 2) * 4, delta=1)

    def test_ode_with_the_gate_of_our_runs_integrates_less(self):
        full = self.figures("ode", *SMALL)
        ours = self.figures("ode", *SMALL, "bench.gate=amortised")

        self.assertLess(
            ours["integrations_per_second"] * ours["seconds_per_outer_step"],
            full["integrations_per_second"] * full["seconds_per_outer_step"],
        )

    def test_ode_without_the_gate_integrates_contributors_alone(self):
        for selection in ("near", "random"):
            figures = self.figures(
                "ode", *SMALL, "bench.gate=none", f"bench.selection={selection}",
                "bench.warmup_contributors=4",
            )  # fmt: skip

            count = figures["integrations_per_second"] * figures["seconds_per_outer_step"]

            self.assertAlmostEqual(count, 24 * 2 * 4, delta=1)
            self.assertEqual(figures["seconds_gate_integration"], 0)

    def test_ode_exports_one_iteration_in_both_precisions(self):
        self.figures("ode", *SMALL, "bench.export=step")

        for precision in ("float32", "float64"):
            with zipfile.ZipFile(self.folder / "step" / f"step_{precision}.npz") as archive:
                self.assertEqual(
                    sorted(archive.namelist()), sorted(f"{name}.npy" for name in ARRAYS)
                )
                heads = {name: archive.read(f"{name}.npy")[:128] for name in ARRAYS}
        self.assertIn(b"(4, 4, 20, 2)", heads["states"])
        self.assertIn(b"(4, 8)", heads["context_gradient"])
        self.assertIn(b"(4, 2)", heads["cross"])

    def test_peak_tells_one_thread_and_all(self):
        figures = self.figures("peak", "bench.repeats=1")

        for precision in ("float32", "float64"):
            for threads in ("", "_one_thread"):
                self.assertGreater(figures[f"{precision}_gflops{threads}"], 0)
        self.assertGreater(figures["triad_gigabytes_per_second"], 0)

    def test_figures_name_the_instruction_set_and_the_registers_of_packs(self):
        figures = self.figures("peak", "bench.repeats=1")
        answer = tessera("bench", "peak", "bench.repeats=1")

        info = tessera("info").stdout
        for name in ("arch", "pack_abi"):
            self.assertRegex(info, rf"(?m)^{name} +{re.escape(figures[name])}$")
            self.assertRegex(answer.stdout, rf"(?m)^{name} +{re.escape(figures[name])}$")

    def test_wrong_words_are_refused(self):
        self.refused(("bench", "ode", "bench.expert=3"), "bench.expert", "experts")
        self.refused(("bench", "ode", "bench.gate=fast"), "fast", "amortised")
        self.refused(("bench", "ode", "bench.selection=nearest"), "nearest", "random")
        self.refused(
            ("bench", "ode", "bench.experts=5", "bench.environments=4"), "bench.environments = 4"
        )


if __name__ == "__main__":
    program.main()
