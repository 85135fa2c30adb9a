"""Bad input of every kind, one row each: exit code 2, where it is, what to do, at most ten lines,
nothing on stdout. A new kind of input gets its rows here."""

import functools
import math
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import program
from archive import npz
from program import tessera
from tiny import TINY, TinyTest

BAD_DATA = Path(sys.argv.pop(2)).resolve()  # tests/support/bad_data.cpp

CHECK = ("check", "bad.toml")
RUN = ("run", "tiny.toml", "--out", "out", "--quiet")
DATA = ("run", "file.toml", "--out", "out", "--quiet")  # a config that names bad.h5


@dataclass
class Row:
    name: str
    words: tuple
    place: str  # file[:line:column], override or option
    advice: str
    files: dict = field(default_factory=dict)  # name -> text or bytes
    setup: object = None  # called with the test, after the files are written


def toml(name, text, place, advice):
    return Row(name, CHECK, place, advice, {"bad.toml": text})


def data_from(kind, path):
    """tiny.toml on data that are there already."""
    made = 'setting = "small-4"\ntest_starts = 1\n'
    return TINY.replace(made, f'type = "{kind}"\npath = "{path}"\n')


def tiny(name, key, line, place, advice):
    """tiny.toml with one more line at the head of a table."""
    text = TINY.replace(f"[{key}]\n", f"[{key}]\n{line}\n")
    assert text != TINY, key
    at = text[: text.index(line)].count("\n") + 1
    return toml(name, text, f"bad.toml:{at}:{place}", advice)


def override(name, text, advice, *more):
    return Row(name, ("check", "tiny.toml", text, *more), f'override "{text}": ', advice)


def bad_data(kind):
    def make(test):
        test.finishes("--out", "sound", "--quiet", "train.stop_after=1", "data.path=sound.h5")
        words = [BAD_DATA, kind, test.folder / "sound.h5", test.folder / "bad.h5"]
        subprocess.run(words, check=True)

    return make


def cut_data(test):
    bad_data("same")(test)
    file = test.folder / "bad.h5"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flip_data(test):
    """A byte in the middle, where the numbers are."""
    bad_data("same")(test)
    file = test.folder / "bad.h5"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def begun(test):
    test.finishes("train.stop_after=2", "--out", "out", "--quiet")


def photos(test):
    (test.folder / "out").mkdir()
    test.write("out/cat.png", "")


SYNTAX = (
    toml("a bracket that is not closed", "[run\nseed = 1\n", "bad.toml:1:5: not TOML", "expected"),
    toml("a string that is not closed", '[run]\nname = "a\n', "bad.toml:2:", "not TOML"),
    toml("a key without a value", "[run]\nseed =\n", "bad.toml:2:7", "not TOML"),
    toml("a key twice", "[run]\nseed = 1\nseed = 2\n", "bad.toml:3:", "redefine"),
    toml("a table twice", "[run]\nseed = 1\n[run]\n", "bad.toml:3:", "redefine"),
    toml("bytes that are no text", b"[run]\nname = \"\xff\xfe\"\n", "bad.toml:2:", "utf-8"),
    toml("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "bad.toml:1:1", "not TOML"),
    toml("an empty file", "", "bad.toml:1:1", "experiments/"),
    Row("a missing file", ("check", "no.toml"), "no.toml:1:1: there is no such file",
        "check the path"),
    Row("a folder as config", ("check", "."), ".:1:1: is a folder", "name the file"),
)

KEYS = (
    tiny("an unknown key", "train", "outer_step = 3", "1: unknown key train.outer_step",
        '"outer_steps"'),
    toml("an unknown table", "[trian]\nouter_steps = 3\n", "bad.toml:1:", "did you mean [train]?"),
    toml("a misspelt table of a run of another type", '[data]\ntype = "diffusion_sorption"\n[netwrok]\n',
        "bad.toml:3:2: unknown table [netwrok]", "did you mean [network]?"),
    toml("a table of another type of run", "[gate]\n[adapt]\n[network]\n", "bad.toml:3:1: [network]",
        "set experiment.type"),
    toml("tables that leave the type open", "[grid]\ncells = 64\n", "bad.toml: experiment.type",
        "write which in [experiment]"),
    toml("an unknown type of run", '[experiment]\ntype = "plaec"\n', "bad.toml:2:8: experiment.type",
        '"place"'),
    toml("a key outside of all tables", "seed = 3\n", "bad.toml:1:1", '"run.seed"'),
    tiny("an unknown type", "experts", 'type = "gps"', "8: experts.type", '"geps"'),
    toml("an unknown choice", '[gate]\nmatching = "greedi"\n', "bad.toml:2:12: gate.matching",
        '"greedy"'),
    override("an unknown sink", 'output.sinks=["picture"]', '"pictures"'),
    override("an unknown setting of the data", "data.setting=small-5", '"small-4"'),
    override("an unknown kind of data", "data.type=nzp", '"npz"'),
    override("an unknown solver", "solver.type=rk4", "tsit5"),
    tiny("a key that no other is near to", "adapt", "x = 1", "1: unknown key adapt.x", "knows"),
    override("too small", "train.outer_steps=0", "must lie in [1, "),
    override("negative", "run.seed=-1", "must be at least 0"),
    override("too large for an integer", "run.seed=5000000000", "below 2^31"),
    override("not a number", "optimizer.rate=nan", "must be finite"),
    override("text for a number", "run.seed=one", "must be an integer"),
    override("a number for text", "experiment.name=3", "must be a string"),
    override("a fraction for an integer", "run.seed=1.5", "must be an integer"),
    override("an integer for a truth value", "experts.split=1", "must be true or false"),
    override("text for a list", "output.sinks=pictures", "must be an array of strings"),
    override("a number in a list of texts", "output.sinks=[1]", "element 1 is an integer"),
    toml("a table for a value", "[experts]\ncount = {a = 1}\n", "bad.toml:2:9: experts.count",
        "found a table"),
    toml("a value for a table", "run = 3\n", "bad.toml:1:7: run", "write [run]"),
    Row("a warm-up longer than the training", ("check", "tiny.toml", "train.warmup=4"),
        'override "train.warmup=4": ', "below train.outer_steps = 4"),
    override("a longest window below the shortest", "train.window_max=9", "at least window_min",
             "train.window_min=12"),
    Row("a window longer than the data", (*RUN, "train.window_min=500", "train.window_max=500"),
        "train.window_min = 500", "at most 100"),
    Row("more experts than environments", (*RUN, "experts.count=21"), "experts.count = 21",
        "at most 20"),
)  # fmt: skip

# A family that the config states.
FAMILY = """[data]
type = "equations"
[[data.family]]
name = "decay"
states = ["x", "y"]
equations = ["-a*x", "x - y"]
parameters = { a = [1, 2] }
start = { x = [0, 1], y = [0, 1] }
"""


def family(name, old, new, place, advice):
    """The family with one thing wrong."""
    assert old in FAMILY, old
    return toml(name, FAMILY.replace(old, new), f"bad.toml:{place}", advice)


EQUATIONS = (
    toml("equations of nobody", '[data]\ntype = "equations"\n', "bad.toml:1:1: data.family",
        "write a table [[data.family]]"),
    toml("a family that is no list", '[data]\ntype = "equations"\n[data.family]\nname = "a"\n',
        "bad.toml:3:1: data.family", "write [[data.family]]"),
    family("an unknown name in an equation", "x - y", "x - z", "6:27: data.family.0.equations.1",
        "there are x, y, a, t"),
    family("an unknown function in an equation", "x - y", "sni(y)", "6:23: data.family.0.equations.1",
        '"sin"'),
    family("a function of too many arguments", "x - y", "exp(x, y)", "6:23", "it takes 1"),
    family("a missing operator in an equation", "x - y", "2 x", "6:25", "write * for a product"),
    family("a bracket in an equation that is not closed", "x - y", "(x - y", "6:23", 'write its ")"'),
    family("an equation of nothing", "x - y", "", "6:23", "write it there"),
    family("an equation too deep", "x - y", "(" * 200 + "x" + ")" * 200, "6:123", "split it"),
    family("an equation too long", "x - y", "x" + " + x" * 2000, "6:4119", "split it"),
    family("a number too large to be one", "x - y", "x + 9^9^9^9", "6:30", "not finite"),
    family("fewer equations than states", ', "x - y"', "", "6:13: data.family.0.equations",
        "one for each state"),
    family("a state called like a function", '"y"]', '"exp"]', "5:16: data.family.0.states.1",
        "choose another one"),
    family("a state called like the time", '"y"]', '"t"]', "5:16", "choose another name"),
    family("a parameter called like a state", "{ a =", "{ y = 3, a =", "7:20", "choose another one"),
    family("a parameter that no equation has", "{ a =", "{ b = [1, 2], a =", "7:20", "leave it out"),
    family("a state without starts", ", y = [0, 1]", "", "8:9: data.family.0.start.y", "a box"),
    family("an unknown key of a family", '"decay"', '"decay"\nhorizn = 3',
        "5:1: unknown key data.family.0.horizn", '"horizon"'),
    family("values of a parameter that are not sorted", "[1, 2]", "[2, 1]", "7:24", "sort them"),
)  # fmt: skip

OVERRIDES = (
    override("an override without =", "run.seed", "write key=value"),
    override("an override without a value", "run.seed=", "write key=value"),
    override("an override of nothing", "=3", "table.key=value"),
    override("an override with a typo", "train.outer_step=3", '"outer_steps"'),
    override("an override of a table", "train=3", "train.key=value"),
    override("an override inside an absent value", "run.seed.first=3", "found a table"),
    override("an override inside a value", "experts.count.first=3", "experts.count=…"),
    override("an open bracket", "output.sinks=[", "quote the whole argument"),
    Row("the same override twice", ("check", "tiny.toml", "run.seed=1", "run.seed=2"),
        'override "run.seed=2"', "keep one"),
    Row("control characters", ("check", "tiny.toml", "run.\x1b[2J=1"), 'override "run.\\x1b[2J=1"',
        "table.key=value"),
)  # fmt: skip

WORDS = (
    Row("no word", (), "tessera: which word?", "--help"),
    Row("an unknown word", ("rnu",), 'unknown word "rnu"', '"run"'),
    Row("an unknown option", (*RUN, "--forse"), 'unknown word "--forse"', '"--force"'),
    Row("a missing file name", ("run",), "CONFIG is required", "--help"),
    Row("an option without its value", ("run", "tiny.toml", "--out"), "--out", "--help"),
    Row("options that exclude each other", (*RUN, "--force", "--resume"), "--resume", "--force"),
    Row("no threads", ("info", "--threads", "0"), "--threads", "--help"),
    Row("an unknown benchmark", ("bench", "od"), '"od"', '"ode"'),
    Row("an unknown seam", ("list", "gate"), '"gate"', '"gates"'),
    Row("seeds that are no numbers", (*RUN, "--seeds", "0,x"), "--seeds 0,x", "--seeds 0,1,2"),
    Row("seeds twice", (*RUN, "--seeds", "1,1"), "--seeds 1,1", "--seeds 0,1,2"),
    Row("seeds with a hole", (*RUN, "--seeds", "1,,2"), "--seeds 1,,2", "--seeds 0,1,2"),
    Row("no seeds", (*RUN, "--seeds", ""), "--seeds: is empty", "write a value"),
    Row("seeds beside a seed", (*RUN, "--seeds", "1,2", "run.seed=3"), '"run.seed=', "keep one"),
    Row("a report of nothing", ("report", "nowhere"), "nowhere: ", "name the folder"),
    Row("a report of an unfinished run", ("report", "out"), "out: this run is not finished",
        "--resume",
        setup=begun),
)  # fmt: skip

FOLDERS = (
    Row("a run folder that is in use", RUN, "out is not empty", "--resume", setup=begun),
    Row("a folder of something else", (*RUN, "--force"), "out: it holds no run.json",
        "another --out",
        setup=photos),
    Row("resuming something else", (*RUN, "--resume"), "out: it holds neither", "another --out",
        setup=photos),
    Row("a file as run folder", ("run", "tiny.toml", "--out", "tiny.toml"), "tiny.toml is a file",
        "another --out"),
    Row("a run folder below a file", ("run", "tiny.toml", "--out", "tiny.toml/out"), "tiny.toml",
        "another --out"),
    Row("a run folder where nobody may write", ("run", "tiny.toml", "--out", "/proc/out"),
        "/proc/out",
        "another --out"),
    Row("no run folder", ("run", "tiny.toml", "--out", ""), "--out: is empty", "write a value"),
    Row("resuming with another config", (*RUN, "--resume", "experts.width=9"),
        "experts.width = 9 (was 8)", "resume with the one it was started with", setup=begun),
)  # fmt: skip

DATA_FILES = (
    Row("missing data", DATA, "bad.h5: there is no such file", "check the path"),
    Row("data without a path", CHECK, "bad.toml:6:8: data.path", "needs the path",
        {"bad.toml": data_from("hdf5", "")}),
    Row("a folder as data", (*DATA, "data.path=."), ".: is a folder", "name the file"),
    Row("data of another kind", DATA, "bad.h5", "HDF5", {"bad.h5": "1,2,3\n"}),
    Row("empty data", DATA, "bad.h5", "HDF5", {"bad.h5": ""}),
    Row("data that are cut off", DATA, "bad.h5", "HDF5", setup=cut_data),
    Row("data with a flipped bit", DATA, "bad.h5:/", "HDF5", setup=flip_data),
    Row("NaN in the data", DATA, "bad.h5:/train/states",
        "environment 0, trajectory 0, time 2; remove",
        setup=bad_data("nan")),
    Row("infinity in the data", DATA, "bad.h5:/query/states", "remove the trajectory",
        setup=bad_data("infinite")),
    Row("times that stand still", DATA, "bad.h5:/test/times", "must increase",
        setup=bad_data("times")),
    Row("fewer names than states", DATA, "bad.h5:/train/states", "attribute state_names",
        setup=bad_data("names")),
    Row("a family that is not there", DATA, "bad.h5:/train/family", "-1 means unknown",
        setup=bad_data("family")),
    Row("test environments that are others", DATA, "bad.h5: train and test", "same environments",
        setup=bad_data("pairing")),
    Row("no times", DATA, "bad.h5:/train/times", "missing", setup=bad_data("without_times")),
    Row("no training data", DATA, "bad.h5:/train", "missing", setup=bad_data("without_train")),
    Row("trajectories that are too short", DATA, "train.window_min = 8", "at most 5",
        setup=bad_data("short")),
    Row("data made with other settings", (*RUN, "data.path=bad.h5", "data.test_starts=2"),
        "bad.h5: was made",
        "name another one in data.path", setup=bad_data("same")),
    Row("damaged data of the program's own", (*RUN, "data.path=bad.h5"), "bad.h5",
        "remove the file",
        setup=cut_data),
    Row("data where nobody may write", (*RUN, "data.path=/proc/data.h5"), "/proc/data.h5",
        "data.path"),
)  # fmt: skip

# Two environments, one trajectory, ten times, two states.
TIMES = ((10,), range(10))
STATES = ((2, 1, 10, 2), range(40))
GOOD = npz(t=TIMES, X=STATES)


def archives(name, place, advice, **files):
    """A folder of archives: `train` and `test` are good unless given; None leaves one out."""
    files = {"train": GOOD, "test": GOOD} | files
    written = {f"archives/{k}.npz": v for k, v in files.items() if v is not None}
    return Row(name, DATA, place, advice, {"file.toml": data_from("npz", "archives")} | written)


# Folders of NumPy archives (data.type = "npz").
NPZ_FOLDERS = (
    Row("a missing folder of archives", DATA, "archives: there is no such folder", "check the path",
        {"file.toml": data_from("npz", "archives")}),
    archives("archives without training", "archives", "train", train=None),
    archives("a trajectory too short to hold some out", "archives", "give test data", test=None,
        train=npz(t=((7,), range(7)), X=((2, 1, 7, 2), range(28)))),
    archives("half a pair of archives", "archives", "adapt_test", adapt_train=GOOD),
    archives("an archive of text", "train.npz", "NumPy", train=b"t,x\n1,2\n"),
    archives("an archive that is cut off", "train.npz", "damaged", train=GOOD[:300]),
    archives("an archive without times", "train.npz", "no array t", train=npz(X=STATES)),
    archives("an archive with too few axes", "train.npz", "X", train=npz(t=TIMES, X=((40,), range(40)))),
    archives("times of another length", "train.npz", "t", train=npz(t=((9,), range(9)), X=STATES)),
    archives("NaN in an archive", "train.npz", "time 1",
        train=npz(t=TIMES, X=(STATES[0], [0, 1, math.nan, *range(37)]))),
    archives("times that run backwards in an archive", "test.npz", "increase",
        test=npz(t=((10,), range(10, 0, -1)), X=STATES)),
    archives("a test of other environments", "test.npz", "environments",
        test=npz(t=TIMES, X=((1, 2, 10, 2), range(40)))),
)  # fmt: skip


def trained(test):
    test.finishes("train.stop_after=2", "--out", "run", "--quiet")


def new_system(name, content, place, advice, *words):
    words = words or ("adapt", "run", "--input", "new.npz")
    return Row(name, words, place, advice, {"new.npz": content}, trained)


PREDICT = ("predict", "run", "--input", "new.npz")

# tessera adapt, predict and export.
NEW_SYSTEMS = (
    Row("adapting without a run", ("adapt", "nowhere", "--input", "a.npz"),
        "nowhere/config.resolved.toml: is not there", "name the folder of a run"),
    Row("adapting without input", ("adapt", "tiny.toml"), "--input is required", "--help"),
    new_system("a system of other states", npz(t=TIMES, X=((10, 3), range(30))), "3 states",
        "the model has 2"),
    new_system("a system with NaN", npz(t=TIMES, X=((10, 2), [math.nan] * 20)),
        "new.npz: X: nan at environment 0, trajectory 0, time 0", "leave that trajectory out"),
    new_system("a table as input", b"t,u,v\n", "new.txt", ".npz", "adapt", "run", "--input",
        "new.txt"),
    new_system("predicting nobody", GOOD, "which systems", "--environment N", *PREDICT),
    new_system("predicting who is not there", GOOD, "environment 20", "trained on 20", *PREDICT,
        "--environment", "20"),
    new_system("predicting into a picture", GOOD, "p.png", ".npz", *PREDICT, "--environment", "1",
        "--out", "p.png"),
    Row("exporting to nowhere", ("export", "tiny.toml"), "--out is required", "--help"),
)  # fmt: skip

ROWS = (*SYNTAX, *KEYS, *EQUATIONS, *OVERRIDES, *WORDS, *FOLDERS, *DATA_FILES, *NPZ_FOLDERS, *NEW_SYSTEMS)


class BadInput(TinyTest):
    def check_row(self, row):
        self.write("file.toml", data_from("hdf5", "bad.h5"))
        for name, text in row.files.items():
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        if row.setup:
            row.setup(self)

        answer = tessera(*row.words, cwd=self.folder)

        self.assertEqual(answer.returncode, 2, answer.stderr)
        self.assertEqual(answer.stdout, "")
        self.assertLessEqual(len(answer.stderr.splitlines()), 10, answer.stderr)
        self.assertIn(row.place, answer.stderr)
        self.assertIn(row.advice, answer.stderr)
        if row.words[:1] == ("run",) and not row.setup:
            self.assertFalse((self.folder / "out").exists(), "the next try would need --force")

    def test_names_are_different(self):
        self.assertEqual(len({row.name for row in ROWS}), len(ROWS))


for each in ROWS:
    setattr(
        BadInput,
        "test_" + each.name.replace(" ", "_"),
        functools.partialmethod(BadInput.check_row, each),
    )


if __name__ == "__main__":
    program.main()
