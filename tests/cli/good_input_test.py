"""Good input that is unusual, one row each: taken without a word of complaint, and what holds the same
numbers trains the same. Its counterpart is bad_input_test.py."""

import json
import struct
from dataclasses import dataclass

import program
from archive import npz
from own_data_test import CONFIG, TEST, TRAIN, oscillators, times
from program import ProgramTest, tessera


def single(content):
    """The same shape, numbers as float32 holds them: every type of the table can."""
    shape, numbers = content
    return shape, [struct.unpack("f", struct.pack("f", x))[0] for x in numbers]


T = single(times())
ENVIRONMENTS = 6


@dataclass
class Row:
    name: str
    t: object = None  # of train.npz and test.npz, from the usual (shape, numbers)
    x: object = None
    packed: bool = False
    more: dict = None
    said: str = ""  # by check
    trains_the_same: bool = True


def shifted(content, by):
    return content[0], [x + by for x in content[1]]


ROWS = (
    Row("float32", t=lambda t: (*t, "<f4"), x=lambda x: (*x, "<f4")),
    Row("bytes in the order of other processors", t=lambda t: (*t, ">f8"), x=lambda x: (*x, ">f4")),
    Row("Fortran's order", x=lambda x: (*x, "<f8", True)),
    Row("packed, with arrays of others beside", packed=True, more={"note": ["made by hand"]}),
    Row("times as a column", t=lambda t: ((len(t[1]), 1), t[1])),
    Row("times by environment", t=lambda t: ((ENVIRONMENTS, len(t[1])), t[1] * ENVIRONMENTS)),
    Row("names with what files are not called", more={"names": [f"dx/dt = -{e} x <&>" for e in range(6)]}),
    Row("names in other alphabets", more={"names": [f"Größe {e} µ" for e in range(6)]}),
    Row("integers as times", t=lambda t: (t[0], list(range(len(t[1]))), "<i4"), trains_the_same=False),
    Row("times since 1970", t=lambda t: shifted(t, 1.7e9), said="times", trains_the_same=False),
    Row("times before 0", t=lambda t: shifted(t, -100), trains_the_same=False),
)


class GoodInput(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("own.toml", CONFIG)
        (self.folder / "in").mkdir()

    def archives(self, row):
        for name, starts in (("train", TRAIN), ("test", TEST)):
            t, x = T, single(oscillators(starts, environments=ENVIRONMENTS))
            arrays = {"t": row.t(t) if row.t else t, "X": row.x(x) if row.x else x}
            (self.folder / f"in/{name}.npz").write_bytes(npz(row.packed, **arrays, **(row.more or {})))

    def digest(self, out):
        answer = tessera("run", "own.toml", "--out", out, "--quiet", cwd=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads((self.folder / out / "summary.json").read_text())["train"]["parameters_digest"]

    def test_unusual_archives(self):
        self.archives(Row("usual"))
        usual = self.digest("usual")

        for k, row in enumerate(ROWS):
            with self.subTest(row.name):
                self.archives(row)
                answer = tessera("check", "own.toml", cwd=self.folder)
                self.assertEqual(answer.returncode, 0, answer.stderr)
                self.assertIn("6 environments x 3 trajectories x 20 times x 2 states", answer.stdout + answer.stderr)
                self.assertIn(row.said, answer.stdout + answer.stderr)
                if row.trains_the_same:
                    self.assertEqual(self.digest(f"out{k}"), usual)


if __name__ == "__main__":
    program.main()
