"""Configs that cannot be used: exit code 2, the place, and what to do; nothing is started."""

import program
from program import ROOT, ProgramTest

EXPERIMENTS = sorted((ROOT / "experiments").glob("*/experiment.toml"))

# Text of the file (None: no file), then what the message must hold.
FILES = (
    (None, "bad.toml:1:1: ", "there is no such file"),
    ("", "bad.toml:1:1: ", "the file is empty"),
    ("[run]\nseed = = 1\n", "bad.toml:2:8: not TOML: "),
    ("[run]\nseed = 1\nseed = 2\n", "bad.toml:3:"),
    ("[run\nseed = 1\n", "bad.toml:1:5: not TOML: "),
)

# Overrides of a good file, then what the message must hold.
OVERRIDES = (
    (("run.sed=1",), 'override "run.sed=1": unknown key run.sed (did you mean "seed"?)'),
    (("rnu.seed=1",), 'override "rnu.seed=1": unknown table [rnu] (did you mean [run]?)'),
    (("seed=1",), 'override "seed=1": unknown key seed (did you mean "run.seed"?)'),
    (("run.seed=one",), 'override "run.seed=one": run.seed must be an integer'),
    (("run.seed=1.5",), 'override "run.seed=1.5": run.seed must be an integer'),
    (("run.seed",), 'override "run.seed": has no "="'),
    (("run.seed=",), 'override "run.seed=": has no value'),
    (("run.seed=1", "run.seed=2"), 'override "run.seed=2": "run.seed=1" sets the same key'),
)


class Config(ProgramTest):
    def test_there_are_experiments_to_test_with(self):
        self.assertTrue(EXPERIMENTS)

    def test_a_file_that_cannot_be_read_is_refused_with_its_place(self):
        for text, *messages in FILES:
            for word in ("check", "run"):
                with self.subTest(text=text, word=word):
                    if text is not None:
                        self.write("bad.toml", text)
                    self.refused((word, "bad.toml"), *messages)

    def test_a_folder_is_no_config(self):
        self.refused(("check", "."), ".:1:1: is a folder; name the file")

    def test_wrong_overrides_are_refused_by_name(self):
        for file in EXPERIMENTS:
            for overrides, *messages in OVERRIDES:
                with self.subTest(file=file.parent.name, overrides=overrides):
                    self.refused(("check", file, *overrides), *messages)

    def test_a_refused_run_leaves_no_folder(self):
        for file in EXPERIMENTS:
            self.refused(("run", file, "run.sed=1", "--out", self.folder / "out"), "run.sed")
            self.assertFalse((self.folder / "out").exists())

    def test_a_typo_in_the_file_is_pointed_at(self):
        for file in EXPERIMENTS:
            lines = file.read_text().splitlines()
            if "[run]" not in lines:
                lines.append("[run]")
            at = next(i for i, line in enumerate(lines) if line.startswith("[run]"))
            self.write("typo.toml", "\n".join([*lines[: at + 1], "seeed = 1", *lines[at + 1 :]]))

            self.refused(
                ("check", "typo.toml"),
                f'typo.toml:{at + 2}:1: unknown key run.seeed (did you mean "seed"?)',
            )


if __name__ == "__main__":
    program.main()
