"""Families that a config states: trained, shown, exported and read back under their own names."""

import json

import program
from program import ProgramTest, tessera

CONFIG = """
[experiment]
name = "own"
[data]
type = "equations"
points = 21
train_starts = 3
test_starts = 2
[[data.family]]
name = "damped pendulum"
states = ["theta", "omega"]
equations = ["omega", "-g/L*sin(theta) - c*omega"]
parameters = { L = [0.5, 0.8, 1.2], c = [0.05, 0.2], g = 9.81 }
start = { theta = [-1.0, 1.0], omega = [-1.0, 1.0] }
horizon = 4.0
units = { theta = "rad" }
[[data.family]]
name = "spring that is shaken"
states = ["x", "v"]
equations = ["v", "a*cos(2*t) - x - 0.3*v"]
parameters = { a = { from = 0.5, to = 1.5, count = 6 } }
start = { x = [-1.0, 1.0], v = 0.0 }
[experts]
count = 2
width = 8
depth = 1
time = true
[train]
outer_steps = 4
warmup = 1
inner_model = 1
inner_context = 1
[adapt]
search_steps = 2
polish_steps = 2
"""


class Equations(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("own.toml", CONFIG)

    def says(self, *words):
        answer = tessera(*words, cwd=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return answer.stdout

    def summary(self, run):
        return json.loads((self.folder / run / "summary.json").read_text())

    def test_a_run_has_their_names_and_parameters(self):
        self.says("run", "own.toml", "--out", "run", "--quiet")

        card = json.loads((self.folder / "run/model.json").read_text())
        self.assertEqual(card["state_names"], ["theta/x", "omega/v"])
        self.assertEqual(len(card["environments"]), 12)
        self.assertIn("damped pendulum, L = 0.5, c = 0.05", card["environments"])
        self.assertIn("spring that is shaken, a = 1.5", card["environments"])
        summary = self.summary("run")
        self.assertEqual(
            set(summary["test"]["per_family"]), {"damped pendulum", "spring that is shaken"}
        )
        self.assertIn("adapt", summary)
        self.assertTrue(list((self.folder / "run/fields").glob("*.pvd")))
        self.assertTrue(list((self.folder / "run/plots").glob("*.png")))
        self.says("predict", "run", "--input", "run/predictions.h5", "--split", "query", "--systems",
                  "run/adapted.json", "--out", "p.npz")  # fmt: skip

    def test_check_says_what_would_run_and_writes_nothing(self):
        text = self.says("check", "own.toml")

        self.assertIn("12 environments x 3 trajectories x 21 times x 2 states", text)
        self.assertIn("standardised", text)
        self.assertEqual([f.name for f in self.folder.iterdir()], ["own.toml"])

    def test_the_config_that_a_run_wrote_gives_the_same_run(self):
        self.says("run", "own.toml", "--out", "run", "--quiet")

        resolved = self.folder / "run/config.resolved.toml"
        self.says("run", resolved, "--out", "again", "--quiet")

        self.assertEqual(
            self.summary("run")["train"]["parameters_digest"],
            self.summary("again")["train"]["parameters_digest"],
        )
        self.assertEqual(resolved.read_text(), (self.folder / "again/config.resolved.toml").read_text())

    def test_exported_and_read_back_they_give_the_same_run(self):
        self.says("export", "own.toml", "--out", "files")
        self.says("run", "own.toml", "--out", "run", "--quiet")
        self.says("run", "own.toml", "data.type=npz", "data.path=files", "--out", "again", "--quiet")

        self.assertEqual(
            self.summary("run")["train"]["parameters_digest"],
            self.summary("again")["train"]["parameters_digest"],
        )
        names = json.loads((self.folder / "files/dataset.json").read_text())
        self.assertEqual(names["units"][0], ["rad", "1", "1", "1"])

    def test_an_override_reaches_into_a_family(self):
        words = ("own.toml", "data.family.1.horizon=5", "data.family.0.parameters.L=[0.5, 0.8]")

        self.assertIn("10 environments", self.says("check", *words))

    def test_a_trajectory_that_cannot_be_followed_is_named(self):
        self.write("log.toml", CONFIG.replace("a*cos(2*t) - x", "a*log(x - 9)"))
        answer = tessera("check", "log.toml", cwd=self.folder)

        self.assertEqual(answer.returncode, 1, answer.stderr)
        for words in ("spring that is shaken", "with parameters (", "from start (",
                      "the rate of v is not finite there"):
            self.assertIn(words, answer.stderr)


if __name__ == "__main__":
    program.main()
