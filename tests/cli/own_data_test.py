"""Data of one's own: units, order, names, what cannot be followed, tables, what check opens."""

import json
import math
import random

import program
from archive import npz
from program import ProgramTest, tessera

CONFIG = """
[data]
type = "npz"
path = "in"
[experts]
count = 2
width = 8
depth = 1
[train]
outer_steps = 12
warmup = 4
inner_model = 2
inner_context = 2
[adapt]
search_steps = 3
polish_steps = 3
[output]
sinks = []
"""


def oscillators(starts, units=(1, 1), environments=6, points=20):
    """X (environment, trajectory, time, state) of damped oscillators, one after the other."""
    numbers = []
    for e in range(environments):
        omega, damping = 0.5 + 0.5 * e, (0.1, 0.6)[e % 2]
        for x, y in starts:
            for k in range(points):
                t = 2 * k / (points - 1)
                c, s, d = math.cos(omega * t), math.sin(omega * t), math.exp(-damping * t)
                numbers += [units[0] * d * (x * c + y * s), units[1] * d * (y * c - x * s)]
    return (environments, len(starts), points, 2), numbers


TRAIN, TEST = [(1.0, 0.5), (0.6, 1.4), (1.3, 1.1)], [(0.8, 0.9), (1.2, 0.7)]


def times(unit=1, points=20):
    return (points,), [unit * 2 * k / (points - 1) for k in range(points)]


class OwnTest(ProgramTest):
    """`own.toml` lies in the folder of each test."""

    def setUp(self):
        super().setUp()
        self.write("own.toml", CONFIG)

    def archive(self, name, **arrays):
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_bytes(npz(**arrays))

    def data(self, folder="in", units=(1, 1), time=1, **more):
        for name, starts in (("train", TRAIN), ("test", TEST)):
            self.archive(f"{folder}/{name}.npz", t=times(time), X=oscillators(starts, units), **more)

    def says(self, *words, code=0):
        answer = tessera(*words, cwd=self.folder)
        self.assertEqual(answer.returncode, code, answer.stderr + answer.stdout)
        return answer.stdout + answer.stderr

    def runs(self, out, *words):
        return self.says("run", "own.toml", "--out", out, *words)

    def summary(self, out):
        return json.loads((self.folder / out / "summary.json").read_text())


class OwnData(OwnTest):
    def test_errors_by_the_datas_own_scale_do_not_depend_on_units(self):
        found = {}
        for name, units, time in (
            *(("unit", (1, 1), 1), ("pico", (1e-9, 1e-9), 1), ("mega", (1e6, 1e6), 1)),
            *(("two", (1, 1e-4), 1), ("seconds", (1, 1), 1e6)),
        ):
            self.data(name, units, time)
            self.runs(f"{name}_run", f"data.path={name}", "--quiet")
            summary = self.summary(f"{name}_run")
            found[name] = summary["test"]["nrmse_mean"]
            self.assertIn("deviation: of the component", summary["definitions"]["nrmse"])

        for name, error in found.items():
            self.assertAlmostEqual(error / found["unit"], 1, delta=0.1, msg=name)

    def test_the_floor_of_the_published_error_is_said(self):
        self.data(units=(1e-9, 1e-9))

        text = self.runs("out")

        self.assertIn("floor of 1e-6 in the place of 100 %", text)
        self.assertEqual(self.summary("out")["test"]["floored"], 1)

    def test_without_standardising_an_unusual_scale_is_named(self):
        self.data(units=(1, 1e-4), time=1e6)

        text = self.says("check", "own.toml", "data.scale=none")

        self.assertIn("x2 varies by", text)
        self.assertIn("states move within times of about", text)
        self.assertIn('data.scale = "standard"', text)
        self.assertNotIn("varies by", self.says("check", "own.toml", 'data.scale="standard"'))

    def test_names_are_the_owners_everywhere_and_numbers_those_of_the_file(self):
        names = [f"pump {e}" for e in range(6)]
        self.data(names=names, parameters=((6, 1), range(6)), parameter_names=["k"])
        self.runs("out", "--quiet", 'output.sinks=["paraview", "predictions"]')

        card = json.loads((self.folder / "out/model.json").read_text())
        self.assertEqual(card["environments"], [f"pump {e}, k = {e}" for e in range(6)])
        blocks = (self.folder / "out/fields/trajectories.pvd").read_text()
        self.assertTrue("pump 5, k = 5, true" in blocks or "pump 5" in blocks, blocks[:500])

        self.archive("new.npz", t=times(), X=oscillators(TEST), names=names)
        self.assertIn("pump 3, k = 3", self.says(
            "predict", "out", "--input", "new.npz", "--environment", "3"))
        self.assertIn("pump 4", self.says("adapt", "out", "--input", "new.npz"))
        adapted = json.loads((self.folder / "adapted.json").read_text())["adapt"]
        self.assertEqual([system["environment"] for system in adapted], names)

    def test_what_no_expert_can_follow_is_said_and_counted(self):
        self.data()
        self.runs("out", "--quiet")
        far = [1e7 * k for k in range(20)]
        near = times()[1]
        self.archive("far.npz", t=((20,), far), X=((20, 2), [1.0] * 40))
        shape, numbers = oscillators(TEST[:1], environments=2)
        self.archive("both.npz", t=((2, 20), far + near), X=(shape, numbers))

        text = self.says("adapt", "out", "--input", "far.npz", code=1)
        self.assertIn("could not be followed", text)
        self.assertNotIn("e+308", text)
        self.assertFalse((self.folder / "adapted.json").exists())

        self.assertIn("1 of 2 systems could not", self.says("adapt", "out", "--input", "both.npz"))
        adapted = json.loads((self.folder / "adapted.json").read_text())["adapt"]
        self.assertIsNone(adapted[0]["support_loss"])
        text = self.says("predict", "out", "--input", "both.npz", "--systems", "adapted.json")
        self.assertIn("environment 0 is a system that no expert could follow", text)
        self.assertIn("1 trajectories could not be followed and are NaN", text)

    def test_zeros_at_the_end_of_a_trajectory_are_said(self):
        self.data()
        shape, numbers = oscillators(TRAIN)
        each = shape[2] * shape[3]
        numbers[5 * each - 16 : 5 * each] = [0.0] * 16   # environment 1, trajectory 1, its last eight times
        self.archive("in/train.npz", t=times(), X=(shape, numbers))

        text = self.says("check", "own.toml")

        self.assertIn("1 of 18 training trajectories end in states that are exactly 0", text)
        self.assertIn("environment 1, trajectory 1 from time 12 on", text)

    def test_training_data_alone_are_enough(self):
        self.archive("in/train.npz", t=times(), X=oscillators(TRAIN))

        text = self.runs("out")

        self.assertIn("the last 1 of 3 trajectories of each environment are held out", text)
        self.assertIn("nrmse_mean", self.summary("out")["test"])

    def test_one_trajectory_of_each_system_is_enough(self):
        self.archive("in/train.npz", t=times(), X=oscillators(TRAIN[:1]))

        self.assertIn("the last 5 of 20 times are held out", self.runs("out"))

    def test_where_one_start_is_seen_of_each_system_rivals_tell_what_others_may_do(self):
        self.archive("in/train.npz", t=times(), X=oscillators(TRAIN[:1]))

        self.assertIn("3 of 3 rivals trained and heard", self.runs("out"))
        doubt = json.loads((self.folder / "out/doubt.json").read_text())
        self.assertEqual(len(doubt["elsewhere"]), len(doubt["drift"]))
        self.assertGreater(max(doubt["elsewhere"]), 0)

        text = self.runs("none", "train.rivals=0")
        self.assertIn("error bands say nothing of other starts", text)
        self.assertEqual(json.loads((self.folder / "none/doubt.json").read_text())["elsewhere"], [])
        self.assertIn("too few to train rivals", self.runs("few", "train.rivals=1", "experts.count=4"))

        self.data()
        self.assertNotIn("rivals", self.runs("several"))

    def test_a_test_of_training_trajectories_is_said(self):
        self.data()
        self.archive("in/test.npz", t=times(), X=oscillators(TRAIN[:2]))

        self.assertIn("12 of 12 test trajectories begin where", self.runs("out"))

    def test_few_stored_times_can_be_learnt_from_as_advised(self):
        for name in ("train", "test"):
            starts = TRAIN if name == "train" else TEST
            self.archive(f"in/{name}.npz", t=times(points=5), X=oscillators(starts, points=5))
        self.refused(("run", "own.toml", "--out", "out"), "train.window_min = 8", "at most 5")

        self.says("check", "own.toml", "train.window_min=5")
        self.runs("out", "train.window_min=5", "--quiet")

    def test_check_finds_what_a_run_would_find(self):
        self.refused(("check", "own.toml"), "in: there is no such folder")
        self.data()
        text = self.says("check", "own.toml")
        self.assertIn("6 environments x 3 trajectories x 20 times x 2 states", text)
        self.refused(("check", "own.toml", "train.window_min=21"), "take at most 20")
        self.refused(("check", "own.toml", "experts.count=7"), "take at most 6")
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["in", "own.toml"])
        self.write("place.toml", "[grid]\ncells = 128\nlevels = 21\n[network]\nwidths = [6, 6]\n")
        self.refused(("check", "place.toml", "experts.in_space=1000"), "1000 boxes", "128 cells")


class Tables(OwnTest):
    """data.type = "csv"."""

    def table(self, name, length, start, points=30):
        """A pendulum by small steps of Euler's symplectic method."""
        angle, speed = start
        rows, dt, inner = ["t,theta,omega"], 3 / (points - 1), 200
        for k in range(points):
            rows.append(f"{k * dt!r},{angle!r},{speed!r}")
            for _ in range(inner):
                speed -= dt / inner * 9.81 / length * math.sin(angle)
                angle += dt / inner * speed
        self.write(name, "\n".join(rows) + "\n")

    def setUp(self):
        super().setUp()
        (self.folder / "in").mkdir()
        rng = random.Random(3)
        rows = ["file,system,length"]
        for length in (0.6, 1.0, 1.5):
            for k in range(3):
                self.table(f"in/l{length}_{k}.csv", length, (rng.uniform(-1, 1), rng.uniform(-1, 1)))
                rows.append(f"l{length}_{k}.csv,l = {length},{length}")
        self.write("in/systems.csv", "\n".join(rows) + "\n")
        self.table("new.csv", 1.2, (0.8, 0.0))
        self.write("own.toml", CONFIG.replace('"npz"', '"csv"'))

    def test_a_folder_of_tables_is_trained_adapted_and_predicted(self):
        self.runs("out", "--quiet")
        card = json.loads((self.folder / "out/model.json").read_text())
        self.assertEqual(card["state_names"], ["theta", "omega"])
        self.assertEqual(card["environments"][1], "l = 1.0, length = 1")

        self.assertIn("new", self.says("adapt", "out", "--input", "new.csv"))
        self.says(*("predict", "out", "--input", "new.csv", "--systems", "adapted.json"),
                  *("--out", "new_predicted.csv"))  # fmt: skip

        lines = (self.folder / "new_predicted.csv").read_text().splitlines()
        self.assertEqual(lines[0], "t,theta,omega,theta_deviation,omega_deviation")
        self.assertEqual(len(lines), 31)

    def test_mistakes_are_named_with_line_and_column(self):
        text = (self.folder / "in/l1.0_1.csv").read_text()
        self.write("in/l1.0_1.csv", text.replace("\n0.1034", "\n0.1034x", 1))
        self.refused(("check", "own.toml"), "in/l1.0_1.csv:3:1", "finite number")
        self.write("new.csv", "t,omega,theta\n0,1,1\n1,1,1\n")
        self.write("in/l1.0_1.csv", text)
        self.runs("out", "--quiet", "train.stop_after=1")
        self.refused(("adapt", "out", "--input", "new.csv"), "new.csv:1:1", "theta, omega")


if __name__ == "__main__":
    program.main()
