"""The run folder: nothing in it is lost to bad input, and one process at a time works in it."""

import os
import signal
import subprocess
import time

import program
from archive import npz
from program import ROOT, tessera
from tiny import TinyTest

PLACE = (ROOT / "tests/support/place.toml").read_text(encoding="utf-8")
ORACLE = ROOT / "experiments/diffusion_sorption/oracle.toml"
SMALL_ORACLE = ("grid.cells=64", "grid.levels=31", "oracle.fields=6", "oracle.samples=3")
ENDLESS = ("train.outer_steps=1000000", "train.warmup=1000")


def content(folder):
    """Every file below a folder with its bytes."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


class Force(TinyTest):
    """A finished run in `out`; whatever --force is refused for, all of it is still there."""

    def is_kept(self, words, *messages):
        before = content(self.folder / "out")
        self.refused(("run", *words, "--out", "out", "--force", "--quiet"), *messages)
        self.assertEqual(content(self.folder / "out"), before)

    def test_a_mixture_stays_when_data_or_parts_cannot_be_made(self):
        self.finishes("--out", "out", "--quiet")
        states = [0.1 * k for k in range(2 * 2 * 12 * 2)]
        times = [0.1 * k for k in range(12)]
        for name, bad in (("holes", float("nan")), ("good", 1.0)):
            (self.folder / name).mkdir()
            for split in ("train", "test"):
                values = [bad, *states[1:]] if split == "train" else states
                file = npz(t=((12,), times), X=((2, 2, 12, 2), values))
                (self.folder / name / f"{split}.npz").write_bytes(file)
        own = ("tiny.toml", "data.type=npz")

        self.is_kept(("tiny.toml", "data.type=hdf5", "data.path=none.h5"), "no such file")
        self.is_kept((*own, "data.path=bsae"), "there is no such folder")
        self.is_kept((*own, "data.path=holes"), "not a finite number")
        self.is_kept((*own, "data.path=good", "train.window_min=50", "train.window_max=50"), "at most")
        self.is_kept((*own, "data.path=good", "experts.count=3"), "experts.count = 3")
        self.is_kept(("tiny.toml", "data.path=/proc/data.h5"), "cannot be kept")
        self.is_kept(("tiny.toml", "train.outer_step=4"), "outer_steps")
        self.is_kept(("none.toml",), "no such file")

    def test_data_inside_the_folder_that_it_would_empty_are_refused(self):
        self.finishes("--out", "out", "--quiet", 'output.sinks=["predictions"]')

        self.is_kept(
            ("tiny.toml", "data.type=hdf5", "data.path=out/predictions.h5"), "out/predictions.h5",
            "--force empties",
        )

    def test_a_run_of_experts_by_place_stays(self):
        self.write("place.toml", PLACE)
        answer = tessera("run", "place.toml", "--out", "out", "--quiet", cwd=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.write("text.h5", "no fields")

        self.is_kept(("place.toml", "data.path=text.h5"), "text.h5")
        self.is_kept(("place.toml", "test.samples=4"), "has 3 samples")
        self.is_kept(("place.toml", "grid.cells=64"), "fields.h5", "32")
        self.is_kept(("place.toml", "experts.in_space=20"), "20 boxes")
        self.is_kept(("place.toml", "network.modes_x=40"), "modes")
        self.is_kept(("place.toml", "constraint.cells=5"), "constraint.cells = 5")
        self.is_kept(("place.toml", "constraint.rows=reference"), "coupling")
        self.is_kept(("place.toml", "data.path=out/predictions.h5"), "--force empties")

    def test_an_oracle_stays(self):
        words = (ORACLE, *SMALL_ORACLE, "oracle.tables=[]")
        answer = tessera("run", *words, "--out", "out", "--quiet", cwd=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)

        self.is_kept((*words, "experts.in_space=40"), "40 boxes")
        self.is_kept((*words, "constraint.cells=5"), "constraint.cells = 5")
        self.is_kept((ORACLE, *SMALL_ORACLE, 'oracle.tables=["rows"]'), "8 modes")

    def test_force_still_starts_anew(self):
        self.finishes("--out", "out", "--quiet")
        before = self.digest("out")

        self.finishes("--out", "out", "--quiet", "--force", "run.seed=1")

        self.assertNotEqual(self.digest("out"), before)
        self.assertFalse((self.folder / "out/run.lock").exists())


class Lock(TinyTest):
    def begin(self):
        """A run that goes on in `out` until it is killed."""
        command = [program.PROGRAM, "run", "tiny.toml", *ENDLESS, "--out", "out", "--quiet"]
        process = subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        metrics, end = self.folder / "out/metrics.csv", time.monotonic() + 60
        while not metrics.exists() and time.monotonic() < end:
            time.sleep(0.01)
        return process

    def test_a_second_process_is_told_which_one_works_there(self):
        process = self.begin()
        holder = f"in use by process {process.pid} on host {os.uname().nodename}"

        for words in ((), ("--resume",), ("--force", "run.seed=1"), (*ENDLESS, "--resume")):
            with self.subTest(words=words):
                self.refused(("run", "tiny.toml", "--out", "out", "--quiet", *words), holder)

        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 3)
        self.assertFalse((self.folder / "out/run.lock").exists())

    def test_a_killed_process_holds_nothing(self):
        process = self.begin()
        process.kill()
        process.wait(60)
        self.assertTrue((self.folder / "out/run.lock").exists())

        self.finishes("--out", "out", "--quiet", "--force")

    def test_of_several_that_start_together_one_runs(self):
        command = [program.PROGRAM, "run", "tiny.toml", "--out", "out", "--quiet"]
        several = [
            subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE, text=True)
            for _ in range(3)
        ]
        answers = [(process.communicate()[1], process.returncode) for process in several]

        self.assertEqual(sorted(code for _, code in answers), [0, 2, 2], answers)
        self.assertTrue((self.folder / "out/summary.json").exists())


if __name__ == "__main__":
    program.main()
