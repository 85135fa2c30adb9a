"""--resume: the numbers of an uninterrupted run, whatever the interruption left behind."""

import program
from archive import npz
from tiny import TinyTest, losses


class Resume(TinyTest):
    def test_a_run_in_two_parts_gives_the_numbers_of_one(self):
        self.finishes("--out", "whole", "--quiet")

        self.finishes("train.stop_after=2", "--out", "parts", "--quiet")
        stopped = (self.folder / "parts" / "summary.json").exists()
        self.finishes("--out", "parts", "--quiet", "--resume")

        self.assertFalse(stopped)
        self.assertEqual(losses(self.folder / "parts"), losses(self.folder / "whole"))
        self.assertEqual(self.summary("parts")["test"], self.summary("whole")["test"])
        self.assertEqual(self.digest("parts"), self.digest("whole"))

    def test_resume_refuses_another_config(self):
        self.finishes("train.stop_after=2", "--out", "out", "--quiet")

        self.refused(
            ("run", "tiny.toml", "train.inner_model=2", "--out", "out", "--resume"),
            "train.inner_model = 2 (was 1)",
        )
        self.finishes("output.checkpoint_every=1", "--out", "out", "--resume", "--quiet")

    def test_resume_refuses_data_that_were_replaced(self):
        def put(split, slope, environments=2):
            states = [slope * k for k in range(environments * 2 * 12 * 2)]
            file = npz(t=((12,), [0.1 * k for k in range(12)]), X=((environments, 2, 12, 2), states))
            (self.folder / "own").mkdir(exist_ok=True)
            (self.folder / "own" / f"{split}.npz").write_bytes(file)

        def put_both(environments):
            for split in ("train", "test"):
                put(split, 0.01, environments)

        own = ("data.type=npz", "data.path=own", "--out", "out", "--quiet")
        put_both(2)
        self.finishes(*own, "train.stop_after=2")
        for change, *messages in (
            (lambda: put("train", 1.0), "(train changed)"),
            (lambda: put("test", 1.0), "(test changed)"),
            (lambda: put_both(3), "(train, test changed)"),
        ):
            change()
            self.refused(
                ("run", "tiny.toml", *own, "--resume"), "was trained on other data", *messages
            )
            put_both(2)

        self.finishes(*own, "--resume")

    def test_a_finished_run_is_not_run_again(self):
        self.finishes("--out", "out", "--quiet")
        before = (self.folder / "out" / "summary.json").read_bytes()

        self.finishes("--out", "out", "--resume")

        self.assertEqual((self.folder / "out" / "summary.json").read_bytes(), before)

    def stopped_run(self, *words):
        """A run of two steps of four, with a checkpoint after each."""
        every = "output.checkpoint_every=1"
        self.finishes("train.stop_after=2", every, "--out", "out", "--quiet", *words)
        return self.folder / "out" / "checkpoints"

    def damage(self, file, kind):
        data = bytearray(file.read_bytes())
        if kind == "flipped":
            data[len(data) // 2] ^= 0x40
        file.write_bytes({"cut": data[: len(data) // 2], "empty": b""}.get(kind, data))

    def test_a_damaged_checkpoint_is_named_and_the_one_before_it_taken(self):
        self.finishes("--out", "whole", "--quiet")

        for kind, again in (("flipped", ()), ("cut", ("--force",)), ("empty", ("--force",))):
            with self.subTest(kind=kind):
                checkpoints = self.stopped_run(*again)
                self.damage(checkpoints / "step_00000002.h5", kind)
                answer = self.finishes("--out", "out", "--resume")

                self.assertIn("step_00000002.h5: is damaged", answer.stderr)
                self.assertIn("step_00000002.h5", (self.folder / "out/log.txt").read_text())
                self.assertIn("resuming after outer step 1", answer.stderr)
                self.assertEqual(self.digest("out"), self.digest("whole"))
                self.assertEqual(losses(self.folder / "out"), losses(self.folder / "whole"))

    def test_damaged_checkpoints_alone_are_a_failure_that_names_them(self):
        checkpoints = self.stopped_run()
        for file in checkpoints.iterdir():
            self.damage(file, "cut")

        answer = self.run_tiny("--out", "out", "--resume", "--quiet")

        self.assertEqual(answer.returncode, 1)
        for text in ("step_00000002.h5", "step_00000001.h5", "all are damaged", "--force"):
            self.assertIn(text, answer.stderr)

    def test_damage_does_not_let_another_config_in(self):
        for file in self.stopped_run().iterdir():
            self.damage(file, "cut")

        self.refused(
            ("run", "tiny.toml", "train.inner_model=2", "--out", "out", "--resume"),
            "train.inner_model = 2 (was 1)",
        )

    def test_half_a_row_of_metrics_is_made_whole(self):
        self.finishes("--out", "whole", "--quiet")
        self.stopped_run()
        with open(self.folder / "out" / "metrics.csv", "a", encoding="utf-8") as file:
            file.write("3,0.12,0.")

        self.finishes("--out", "out", "--resume", "--quiet")

        self.assertEqual(losses(self.folder / "out"), losses(self.folder / "whole"))


if __name__ == "__main__":
    program.main()
