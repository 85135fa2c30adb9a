"""A trained model from the shell: adapt, predict, export and back."""

import json
import zipfile

import program
from archive import npz
from program import tessera
from tiny import TinyTest


class UsingAModel(TinyTest):
    def setUp(self):
        super().setUp()
        self.finishes("--out", "run", 'output.sinks=["predictions"]', "--quiet")

    def says(self, *words):
        answer = tessera(*words, cwd=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return answer.stdout

    def adapts(self):
        return self.says("adapt", "run", "--input", "run/predictions.h5", "--split", "support")

    def test_adapt_finds_what_the_run_found(self):
        self.assertIn("gate says", self.adapts())

        found = json.loads((self.folder / "adapted.json").read_text())["adapt"]
        of_run = json.loads((self.folder / "run/adapted.json").read_text())["adapt"]

        self.assertEqual([s["context"] for s in found], [s["context"] for s in of_run])
        self.assertEqual([s["expert"] for s in found], [s["expert"] for s in of_run])

    def test_predict_gives_the_bits_that_the_run_predicted(self):
        self.adapts()

        for out in ("p.npz", "p.h5"):
            text = self.says(
                *("predict", "run", "--input", "run/predictions.h5", "--split", "query"),
                *("--systems", "adapted.json", "--out", out),
            )
            self.assertIn("4 environments x 1 trajectories x 100 times x 2 states", text)
            self.assertIn("mse against the given states: 0.000e+00", text)

        again = self.says("predict", "run", "--input", "p.npz", "--systems", "adapted.json")
        self.assertIn("0.000e+00", again)

    def test_predictions_carry_bands_and_say_how_much_lies_in_them(self):
        self.adapts()
        words = ("predict", "run", "--input", "run/predictions.h5", "--split", "query")
        words += ("--systems", "adapted.json", "--force", "--out", "p.npz")

        self.assertIn("100.0 % of the given states lie in their 90 % bands", self.says(*words))
        with zipfile.ZipFile(self.folder / "p.npz") as archive:
            self.assertEqual(len(archive.read("deviation.npy")), len(archive.read("X.npy")))

        found = json.loads((self.folder / "adapted.json").read_text())
        for system in found["adapt"][:3]:
            del system["covariance"]
        (self.folder / "adapted.json").write_text(json.dumps(found))
        self.assertIn("3 of 4 systems have no error bands, as adapted.json holds", self.says(*words))

        (self.folder / "run/doubt.json").unlink()
        self.assertIn("no error bands: run has no doubt.json", self.says(*words))
        (self.folder / "run/doubt.json").write_text('{"states": 2}')
        self.refused(words, "doubt.json", "without error bands")

    def test_a_system_that_no_expert_describes_is_called_foreign(self):
        doubt = json.loads((self.folder / "run/doubt.json").read_text())
        for most, called in ((1e300, False), (0, True)):
            doubt["most_misfit"], doubt["most_distance"] = [most] * 2, [1e300] * 2
            (self.folder / "run/doubt.json").write_text(json.dumps(doubt))

            text = self.says(
                *("adapt", "run", "--input", "run/predictions.h5", "--split", "support", "--force")
            )

            found = json.loads((self.folder / "adapted.json").read_text())["adapt"]
            self.assertEqual([s["foreign"] for s in found], [called] * 4)
            self.assertEqual(text.count("train a new expert"), 4 if called else 0)

    def test_other_kinds_of_experts_are_loaded_adapted_and_followed_to_the_bit(self):
        for kind in ("ncf", "coda"):
            self.finishes(
                f"experts.type={kind}", "experts.depth=2", "--out", kind,
                'output.sinks=["predictions"]', "--quiet",
            )
            query = ("--input", f"{kind}/predictions.h5", "--split")
            self.says("adapt", kind, *query, "support", "--out", f"{kind}.json")
            text = self.says(
                *("predict", kind, *query, "query", "--systems", f"{kind}.json"),
                *("--out", f"{kind}.npz"),
            )

            self.assertIn("mse against the given states: 0.000e+00", text)

    def test_experts_that_see_the_time_are_loaded_adapted_and_followed_to_the_bit(self):
        for kind in ("geps", "ncf", "coda"):
            self.finishes(
                f"experts.type={kind}", "experts.depth=2", "experts.time=true", "--out", kind,
                "data.type=forced_oscillator", 'output.sinks=["predictions"]', "--quiet",
            )
            query = ("--input", f"{kind}/predictions.h5", "--split")
            self.says("adapt", kind, *query, "support", "--out", f"{kind}.json")
            text = self.says(
                *("predict", kind, *query, "query", "--systems", f"{kind}.json"),
                *("--out", f"{kind}.npz"),
            )

            self.assertIn("4 environments x 32 trajectories x 31 times x 2 states", text)
            self.assertIn("mse against the given states: 0.000e+00", text)

    def test_the_time_that_an_input_begins_at_counts_for_experts_that_see_it_alone(self):
        for time in ("true", "false"):
            self.finishes(
                f"experts.time={time}", "data.type=forced_oscillator", "--out", time, "--quiet"
            )
            for name, begin in (("early", 0.0), ("late", 3.0)):
                times = [begin, begin + 1.0, begin + 2.0]
                starts = npz(t=((3,), times), X=((1, 1, 1, 2), [0.5, -0.5]))
                (self.folder / f"{name}.npz").write_bytes(starts)
                out = f"{time}_{name}.npz"
                words = ("--input", f"{name}.npz", "--environment", "0", "--out", out)
                self.says("predict", time, *words)

        def end(name):
            with zipfile.ZipFile(self.folder / f"{name}.npz") as archive:
                return archive.read("X.npy")[-16:]

        self.assertNotEqual(end("true_early"), end("true_late"))
        self.assertEqual(end("false_early"), end("false_late"))

    def test_predict_follows_a_training_system(self):
        text = self.says(
            *("predict", "run", "--input", "run/predictions.h5", "--split", "test"),
            *("--environment", "3", "--out", "p.h5"),
        )
        self.assertIn("20 environments", text)

    def test_a_file_that_is_there_is_not_written_over(self):
        self.adapts()
        words = ("adapt", "run", "--input", "run/predictions.h5", "--split", "support")

        self.refused(words, "adapted.json is there already", "--force")

        self.assertIn("systems in adapted.json", self.says(*words, "--force"))

    def test_what_cannot_be_used_is_refused(self):
        predict = ("predict", "run", "--input", "run/predictions.h5", "--split", "test")
        self.refused(predict, "--systems FILE", "--environment N")
        self.refused((*predict, "--environment", "20"), "environment 20", "trained on 20")
        self.refused((*predict, "--systems", "none.json"), "none.json", "tessera adapt")
        self.refused((*predict[:-1], "tset", "--environment", "0"), 'no split "tset"', "test")
        self.refused(("adapt", "run", "--input", "none.npz"), "none.npz", "check the path")
        self.refused(("adapt", "tiny.toml", "--input", "none.npz"), "config.resolved.toml", "folder of a run")
        self.refused((*predict, "--environment", "0", "--out", "p.txt"), "p.txt", ".npz")


# What makes any experiment short without leaving a stage out.
SHORT = (
    *("run.seed=3", "experts.count=2", "experts.width=8", "train.outer_steps=3", "train.warmup=1"),
    *("train.inner_context=1", "train.inner_model=1", "adapt.search_steps=2"),
    *("adapt.polish_steps=2", "output.sinks=[]"),
)


class Exported(TinyTest):
    def succeeds(self, *words):
        answer = tessera(*words, cwd=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def figures(self, folder):
        """summary.json without what differs from run to run."""
        summary = self.summary(folder)
        for part in summary.values():
            if isinstance(part, dict):
                part.pop("seconds", None)
                part.pop("gflops", None)
        return {k: v for k, v in summary.items() if k not in ("wall_seconds", "peak_rss_mb")}

    def test_archives_read_back_give_the_same_run_to_the_last_digit(self):
        for name in ("odebench4", "lotka_volterra", "glycolytic", "selkov", "forced_oscillator"):
            with self.subTest(name):
                config = program.ROOT / "experiments" / name / "experiment.toml"
                self.succeeds("run", config, *SHORT, "--out", f"{name}_made")
                self.succeeds("export", config, *SHORT, "--out", f"{name}_npz")

                source = ("data.type=npz", f"data.path={name}_npz", "data.scale=none")
                self.succeeds("run", config, *SHORT, *source, "--out", f"{name}_read")

                made = self.figures(f"{name}_made")
                self.assertEqual(made, self.figures(f"{name}_read"))
                self.assertIn("parameters_digest", made["train"])
                self.assertIn("adapt", made)

    def test_archives_without_adaptation_run_without_it(self):
        tessera("export", "tiny.toml", "--out", "small4", cwd=self.folder)
        for name in self.folder.glob("small4/*"):
            if name.name.startswith(("adapt", "outside")):
                name.unlink()

        self.finishes("--out", "run", "data.type=npz", "data.path=small4")

        self.assertNotIn("adapt", self.summary("run"))
        self.assertFalse((self.folder / "run/adapted.json").exists())

    def test_data_of_another_form_is_refused(self):
        (self.folder / "empty").mkdir()
        self.refused(("run", "tiny.toml", "data.type=npz", "data.path=empty"), "empty", "train")
        self.refused(("run", "tiny.toml", "data.type=npz"), "path", "needs the path")
        words = ("data.type=forced_oscillator", "data.published_ics=true")
        self.refused(("check", "tiny.toml", *words), "published_ics")


if __name__ == "__main__":
    program.main()
