"""tessera report: tables of runs that were really made."""

import csv
import io

import program
from program import tessera
from tiny import TinyTest


class Report(TinyTest):
    def test_the_folders_of_seeds_make_a_table_with_their_mean(self):
        self.finishes("--seeds", "0,1", "--out", "out", "--quiet")

        answer = tessera("report", "out", cwd=self.folder)
        table = tessera("report", "out_seed0", "out_seed1/", "--csv", cwd=self.folder).stdout

        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        for text in ("| out_seed1 | tiny | 1 |", "| mean ± std of 2 | tiny |", "(n - 1)"):
            self.assertIn(text, answer.stdout)
        rows = list(csv.DictReader(io.StringIO(table)))
        self.assertEqual([row["row"] for row in rows], ["run", "run", "mean", "std"])
        for seed in (0, 1):
            expected = self.summary(f"out_seed{seed}")["test"]["mse_mean"]
            self.assertEqual(float(rows[seed]["test.mse_mean"]), expected)

    def test_the_table_can_go_to_a_file(self):
        self.finishes("--out", "out", "--quiet")

        answer = tessera("report", "out", "--out", "table.md", cwd=self.folder)

        self.assertEqual((answer.returncode, answer.stdout, answer.stderr), (0, "", ""))
        self.assertTrue((self.folder / "table.md").read_text().startswith("| run |"))

    def test_what_is_no_finished_run_is_refused(self):
        self.finishes("train.stop_after=2", "--out", "begun", "--quiet")
        (self.folder / "photos").mkdir()
        self.write("odd.json", "[1, 2]")

        self.refused(("report",), "RUN is required")
        self.refused(("report", "nowhere"), "nowhere: there is no such run folder", "--seeds")
        self.refused(("report", "begun"), "begun: this run is not finished", "--resume")
        self.refused(("report", "photos"), "photos: is no run folder")
        self.refused(("report", "odd.json"), "odd.json: is no summary of a run")
        self.refused(("report", "begun", "--cvs"), 'unknown word "--cvs" (did you mean "--csv"?)')


if __name__ == "__main__":
    program.main()
