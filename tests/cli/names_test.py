"""Names from configs and data files lead nowhere: they are no paths."""

import json

import program
from archive import npz
from program import tessera
from tiny import TINY, ProgramTest

ODD = ("dx/dt = -k x", "..", ".", "/etc/passwd", "../../x", "a%2Fb", "n" * 3000, "tab\tline\nend")
OWN = """
[experiment]
name = "own"
[data]
type = "npz"
path = "own"
[experts]
count = 2
width = 8
depth = 1
[train]
outer_steps = 2
warmup = 1
inner_model = 1
inner_context = 1
[adapt]
search_steps = 2
polish_steps = 2
"""


class Names(ProgramTest):
    def test_a_run_is_not_named_after_another_folder(self):
        self.write("tiny.toml", TINY)
        for name in ("../../esc", "a/b", "/tmp/x", "..", ".", "", "n" * 300):
            self.refused(
                ("run", "tiny.toml", f'experiment.name="{name}"', "--quiet"),
                'experiment.name', "--out",
            )
        self.assertEqual([f.name for f in self.folder.iterdir()], ["tiny.toml"])

    def test_families_of_any_name_are_trained_and_shown(self):
        self.write("own.toml", OWN)
        count = len(ODD)
        folder = self.folder / "own"
        folder.mkdir()
        states = [0.01 * (k % 97) for k in range(count * 2 * 12 * 2)]
        for split in ("train", "test"):
            file = npz(t=((12,), [0.1 * k for k in range(12)]), X=((count, 2, 12, 2), states))
            (folder / f"{split}.npz").write_bytes(file)
            (folder / f"{split}_envs.json").write_text(
                json.dumps({name: [{f"k/{name}": 1.0}] for name in ODD})
            )

        answer = tessera("run", "own.toml", "--out", "out", "--quiet", cwd=self.folder)

        self.assertEqual(answer.returncode, 0, answer.stderr)
        summary = json.loads((self.folder / "out/summary.json").read_text())
        self.assertEqual(set(summary["test"]["per_family"]), set(ODD))
        files = {f.relative_to(self.folder).parts[0] for f in self.folder.rglob("*")}
        self.assertEqual(files, {"own.toml", "own", "out"})
        again = tessera("run", "own.toml", "data.type=hdf5", "data.path=out/predictions.h5", "--out",
                        "again", "--quiet", cwd=self.folder)  # fmt: skip
        self.assertEqual(again.returncode, 0, again.stderr)
        summary = json.loads((self.folder / "again/summary.json").read_text())
        self.assertEqual(set(summary["test"]["per_family"]), set(ODD))


if __name__ == "__main__":
    program.main()
