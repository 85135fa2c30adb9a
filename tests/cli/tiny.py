"""The smallest mixture that passes through every stage, and what tests ask of its runs."""

import csv
import json

from program import ProgramTest, tessera

TINY = """
[experiment]
name = "tiny"
[data]
setting = "small-4"
test_starts = 1
[experts]
count = 2
width = 8
depth = 1
[train]
outer_steps = 4
warmup = 1
inner_model = 1
inner_context = 1
[adapt]
search_steps = 2
polish_steps = 2
[output]
checkpoint_every = 2
sinks = []
"""


def losses(folder):
    """metrics.csv without its clocks: what two runs of the same numbers share."""
    with open(folder / "metrics.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [{k: v for k, v in row.items() if k not in ("seconds", "gflops")} for row in rows]


class TinyTest(ProgramTest):
    """`tiny.toml` lies in the folder of each test."""

    def setUp(self):
        super().setUp()
        self.write("tiny.toml", TINY)

    def run_tiny(self, *words):
        return tessera("run", "tiny.toml", *words, cwd=self.folder)

    def finishes(self, *words):
        answer = self.run_tiny(*words)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(answer.stdout, "")
        return answer

    def summary(self, folder):
        return json.loads((self.folder / folder / "summary.json").read_text())

    def digest(self, folder):
        return self.summary(folder)["train"]["parameters_digest"]
