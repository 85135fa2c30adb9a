"""The word truth: its file, on any number of ranks, and how wrong words and failures end."""

import json
import os
import re
import resource
import shlex
import shutil
import subprocess

import program
from program import PROGRAM, ROOT, ProgramTest, tessera

MPIRUN = shutil.which("mpirun")
SMALL = ("truth", "--cells", "32", "--quiet")


class Truth(ProgramTest):
    def make(self, name, *words, ranks=1):
        command = [PROGRAM, *SMALL, "--out", name, *words]
        if ranks > 1:
            command = [MPIRUN, "-n", str(ranks), *command]
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=600, check=False
        )

    def bytes_of(self, name):
        return (self.folder / name).read_bytes()

    def test_file_is_written_and_told(self):
        answer = self.make("a.h5", "--samples", "3:6")

        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        self.assertEqual(answer.stdout, "a.h5: samples 3 to 5 of seed 0, 101 levels x 32 cells\n")
        self.assertEqual(self.bytes_of("a.h5")[:8], b"\x89HDF\r\n\x1a\n")
        self.assertEqual(os.listdir(self.folder), ["a.h5"])

    def test_two_and_three_ranks_write_the_bytes_of_one(self):
        if not MPIRUN:
            self.skipTest("no mpirun")
        for layout in ("samples", "tensor"):
            words = ("--samples", "0:5", "--layout", layout, "--force")
            self.assertEqual(self.make("one.h5", *words).returncode, 0)
            for ranks in (2, 3):
                with self.subTest(layout=layout, ranks=ranks):
                    answer = self.make("many.h5", *words, ranks=ranks)

                    self.assertEqual((answer.returncode, answer.stderr), (0, ""))
                    self.assertEqual(answer.stdout.count("many.h5: samples 0 to 4"), 1)
                    self.assertEqual(self.bytes_of("one.h5"), self.bytes_of("many.h5"))

    def test_seed_and_layout_change_the_file(self):
        for name, words in (("a", ()), ("b", ("--seed", "1")), ("c", ("--layout", "tensor"))):
            self.assertEqual(self.make(name, "--samples", "0:2", *words).returncode, 0)

        self.assertEqual(len({self.bytes_of(name) for name in "abc"}), 3)

    def test_wrong_words_are_refused(self):
        self.write("there.h5", "mine")
        for words, *messages in (
            (("truth",), "--samples is required"),
            ((*SMALL, "--out", "x", "--samples", "5"), "--samples 5", "for instance"),
            ((*SMALL, "--out", "x", "--samples", "5:5"), "--samples 5:5", "for instance"),
            ((*SMALL, "--out", "x", "--samples", "-1:5"), "--samples -1:5", "for instance"),
            ((*SMALL, "--out", "x", "--samples", "0:2", "--layout", "cube"), 'layout "cube"'),
            (("truth", "--out", "x", "--samples", "0:2", "--cells", "1"), "--cells", "4 to"),
            ((*SMALL, "--out", "there.h5", "--samples", "0:2"), "is there already", "--force"),
        ):
            with self.subTest(words=words):
                self.refused(words, *messages)
        self.assertEqual((self.folder / "there.h5").read_text(), "mine")

    def test_a_file_that_cannot_be_made_ends_with_one(self):
        self.write("file", "")

        answer = self.make("file/x.h5", "--samples", "0:2")

        self.assertEqual(answer.returncode, 1)
        self.assertIn("file/x.h5", answer.stderr)
        self.assertEqual(len(answer.stderr.splitlines()), 1)

    def test_a_disk_that_is_full_is_said_and_leaves_nothing(self):
        # No file may grow beyond 30 kB: a sample has more, the first bytes of the file have not.
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))

        for layout in ("samples", "tensor"):
            words = [PROGRAM, "truth", "--samples", "0:40", "--cells", "64", "--out", "full.h5"]
            answer = subprocess.run(
                [*words, "--layout", layout, "--quiet"], cwd=self.folder, capture_output=True,
                text=True, timeout=600, check=False, preexec_fn=limit,
            )  # fmt: skip
            self.assertEqual(answer.returncode, 1, answer.stderr)
            self.assertIn("cannot write full.h5: File too large", answer.stderr)
            self.assertEqual(len(answer.stderr.splitlines()), 1)
            self.assertEqual(os.listdir(self.folder), [])

    def test_what_a_run_names_to_make_them_on_several_processes_makes_the_same_file(self):
        if not MPIRUN:
            self.skipTest("no mpirun")
        self.write("place.toml", (ROOT / "tests/support/place.toml").read_text(encoding="utf-8"))
        answer = tessera("run", "place.toml", "train.stop_after=1", "--out", "out", cwd=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)

        named = re.search(r"mpirun -n 2 tessera (truth .*)", (self.folder / "out/log.txt").read_text())
        words = shlex.split(named[1])
        self.assertEqual(words[words.index("--out") + 1], "fields.h5")
        words[words.index("--out") + 1] = "named.h5"
        answer = subprocess.run(
            [MPIRUN, "-n", "2", PROGRAM, *words, "--quiet"], cwd=self.folder, capture_output=True,
            text=True, timeout=600, check=False,
        )  # fmt: skip

        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(self.bytes_of("named.h5"), self.bytes_of("fields.h5"))

    def test_words_of_one_process_are_refused_once_on_two(self):
        if not MPIRUN:
            self.skipTest("no mpirun")
        for words in (("run", "none.toml"), ("list",), ("predict", "out", "--input", "x.npz")):
            with self.subTest(words=words):
                answer = subprocess.run(
                    [MPIRUN, "-n", "2", PROGRAM, *words], cwd=self.folder, capture_output=True,
                    text=True, timeout=600, check=False,
                )  # fmt: skip
                self.assertEqual(answer.returncode, 2, answer.stderr)
                self.assertEqual(answer.stdout, "")
                told = f"tessera {words[0]} runs in one process and was started in 2"
                self.assertEqual(answer.stderr.count(told), 1, answer.stderr)

    def test_a_failure_on_two_ranks_is_told_once(self):
        if not MPIRUN:
            self.skipTest("no mpirun")
        self.write("there.h5", "mine")
        self.write("file", "")
        for name, code in (("there.h5", 2), ("file/x.h5", 1)):
            with self.subTest(name=name):
                answer = self.make(name, "--samples", "0:2", ranks=2)

                self.assertEqual(answer.returncode, code, answer.stderr)
                told = [line for line in answer.stderr.splitlines() if line.find(name) >= 0]
                self.assertEqual(len([line for line in told if "Command" not in line]), 1, told)

    def test_bench_tells_seconds_and_self_error(self):
        answer = tessera("bench", "truth", "bench.samples=5", "--json", "t.json", cwd=self.folder)

        self.assertEqual(answer.returncode, 0, answer.stderr)
        figures = json.loads((self.folder / "t.json").read_text())
        self.assertLess(figures["self_error"], 1e-5)
        self.assertGreater(figures["seconds_per_trajectory"], 0)

    def test_bench_solves_the_problems_of_any_config_on_several_grids(self):
        words = ("bench", "truth", f"bench.config={ROOT / 'experiments/fisher_kpp/experiment.toml'}",
                 "bench.finest=128")  # fmt: skip

        answer = tessera(*words, "bench.grids=[8, 32]", "bench.tolerances=[1e-2, 1e-4]", "bench.samples=2",
                         "bench.finest_tolerance=1e-6", "--json", "t.json", cwd=self.folder)  # fmt: skip

        self.assertEqual(answer.returncode, 0, answer.stderr)
        figures = json.loads((self.folder / "t.json").read_text())
        self.assertLess(figures["error_32_0.0001"], 0.3 * figures["error_8_0.0001"])
        for name in ("8_0.01", "8_0.0001", "32_0.01", "32_0.0001"):
            self.assertGreater(figures["seconds_" + name], 0)
        self.assertNotIn("model_error", figures)
        self.refused((*words, "bench.grids=[64]"), "bench.grids", "[4, 32]", "found 64")
        self.refused((*words, "bench.grids=[8]", "bench.cells=8"), "bench.cells")


if __name__ == "__main__":
    program.main()
