"""The smallest mixture that passes through every stage, and what tests ask of its runs."""

import csv
import json

from program import ROOT, ProgramTest, tessera

TINY = (ROOT / "tests/support/tiny.toml").read_text(encoding="utf-8")


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
