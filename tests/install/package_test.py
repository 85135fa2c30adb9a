"""The package: installed, moved, and used by a project that knows nothing else of Tessera.

package_test.py CMAKE GENERATOR SETTINGS SOURCE TREE WORK [option …]: SETTINGS is an initial cache
for every configure; where options are given, TREE is configured with them and built first.
"""

import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

CMAKE, GENERATOR, SETTINGS = sys.argv[1:4]
SOURCE, TREE, WORK = map(Path, sys.argv[4:7])
OPTIONS = sys.argv[7:]
PREFIX = WORK / "a moved place"
CONSUMER = WORK / "consumer"


def call(*words, cwd=None, environment=None):
    return subprocess.run(
        list(map(str, words)),
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=1700,
        check=False,
    )


def succeed(*words, **options):
    answer = call(*words, **options)
    if answer.returncode:
        print(answer.stdout[-6000:], answer.stderr[-6000:], sep="\n", file=sys.stderr)
        raise AssertionError(f"exit code {answer.returncode}: {' '.join(map(str, words))}")
    return answer


def configure(source, tree, *options):
    return call(CMAKE, "--fresh", "-S", source, "-B", tree, "-G", GENERATOR, "-C", SETTINGS, *options)


def configure_consumer(tree, *options, source=SOURCE / "tests/install/consumer"):
    kokkos = os.environ.get("TESSERA_TEST_KOKKOS")
    where = [f"-DKokkos_DIR={kokkos}"] if kokkos else []
    return configure(source, tree, f"-DTessera_ROOT={PREFIX}", *where, *options)


def number_of_packs():
    text = (PREFIX / "include/tessera/core/built_abi.hpp").read_text()
    return int(re.search(r"TESSERA_BUILT_PACK_ABI (\d+)", text).group(1))


def setUpModule():
    if OPTIONS:
        answer = configure(SOURCE, TREE, *OPTIONS)
        assert answer.returncode == 0, answer.stderr
        succeed(CMAKE, "--build", TREE)
    shutil.rmtree(WORK, ignore_errors=True)
    succeed(CMAKE, "--install", TREE, "--prefix", WORK / "prefix")
    (WORK / "prefix").rename(PREFIX)
    tiny = (SOURCE / "tests/support/tiny.toml").read_text()
    (WORK / "tiny.toml").write_text(tiny.replace("sinks = []", ""))   # all of them
    shutil.copy(SOURCE / "tests/support/place.toml", WORK / "place.toml")
    for config, out in (("tiny.toml", "first"), ("place.toml", "places")):
        succeed(PREFIX / "bin/tessera", "run", config, "--out", out, "--quiet", cwd=WORK)


class Package(unittest.TestCase):
    def test_holds_every_public_header(self):
        found = {str(path.relative_to(PREFIX / "include")) for path in (PREFIX / "include").rglob("*.hpp")}
        wanted = set()
        for component in ("src", "solvers", "domains", "meta", "io"):
            for path in (SOURCE / component).rglob("include/tessera/**/*.hpp"):
                wanted.add(str(path.relative_to(SOURCE)).partition("include/")[2])
        wanted.add("tessera/core/built_abi.hpp")   # written by CMake

        self.assertEqual(found, wanted)

    def test_names_neither_source_nor_build_tree_nor_the_place_it_was_installed_to(self):
        binaries = [PREFIX / "bin/tessera", *(PREFIX / "lib").glob("*.so")]
        texts = {path: path.read_text() for path in PREFIX.rglob("cmake/Tessera/*.cmake")}
        texts |= {path: succeed("readelf", "-d", path).stdout for path in binaries}

        self.assertGreaterEqual(len(texts), 6)
        for path, text in texts.items():
            for place in (SOURCE, TREE, WORK):
                self.assertNotIn(str(place), text, path)

    def test_its_program_runs_from_anywhere(self):
        self.assertTrue((WORK / "first/summary.json").exists())

    def test_says_which_kokkos_it_misses(self):
        answer = configure_consumer(WORK / "without", "-DCMAKE_DISABLE_FIND_PACKAGE_Kokkos=ON")

        self.assertNotEqual(answer.returncode, 0)
        text = " ".join(answer.stderr.split())
        self.assertIn("this Tessera was built with Kokkos", text)
        self.assertIn("set Kokkos_ROOT", text)

    def test_is_refused_where_another_version_is_wanted(self):
        newer = WORK / "newer"
        newer.mkdir()
        (newer / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(Newer CXX)\nfind_package(Tessera 99 REQUIRED)\n"
        )

        answer = configure(newer, newer / "build", f"-DTessera_ROOT={PREFIX}")

        self.assertNotEqual(answer.returncode, 0)
        self.assertIn('compatible with requested version "99"', " ".join(answer.stderr.split()))


class Consumer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        answer = configure_consumer(CONSUMER)
        assert answer.returncode == 0, answer.stderr
        cls.words, cls.warnings = answer.stdout, answer.stderr
        succeed(CMAKE, "--build", CONSUMER)

    def test_finds_the_package_without_a_warning(self):
        self.assertNotIn("Warning", self.warnings)

    def test_is_told_what_the_package_was_built_for(self):
        pack = number_of_packs()

        self.assertRegex(self.words, rf"Tessera_ARCH: [\w.+-]+, Tessera_PACK_ABI: {pack}\n")
        self.assertRegex(self.words, r"Tessera [\d.]+ was built for \S.*, with \S+ packs; .*-ffp-contract=off")

    @unittest.skipUnless(platform.machine() == "x86_64", "flags of x86-64")
    def test_is_refused_where_it_is_compiled_for_other_packs(self):
        commands = json.loads((CONSUMER / "compile_commands.json").read_text())
        main = next(entry for entry in commands if entry["file"].endswith("main.cpp"))
        other = "-march=x86-64" if number_of_packs() > 1 else "-march=x86-64-v2"

        answer = call(*shlex.split(main["command"]), other, cwd=main["directory"])

        self.assertNotEqual(answer.returncode, 0)
        error = next(line for line in answer.stderr.splitlines() if "error:" in line)
        self.assertRegex(error, r"#error .*Tessera was built for .* packs and this file is compiled for others")
        self.assertIn("compile it with", error)

    def test_reads_a_data_set_and_lists_the_seams(self):
        answer = succeed(CONSUMER / "consumer", "data/odebench_small-4_seed0.h5", cwd=WORK)

        kinds = r"\n +coda .*\n +geps .*\n +ncf .*\n"
        self.assertRegex(answer.stdout, r"^20 environments; experts: experts" + kinds)
        self.assertEqual(answer.stderr, "")

    def test_trains_in_a_host_without_a_word_on_its_streams(self):
        bare = {k: v for k, v in os.environ.items() if not k.startswith("OMP_PROC_BIND")}

        answer = succeed(CONSUMER / "silent", "tiny.toml", cwd=WORK, environment=bare)

        self.assertTrue((WORK / "runs/tiny_seed0/summary.json").exists())
        self.assertEqual(answer.stdout, "")
        self.assertEqual(answer.stderr, "")

    def test_shares_one_kokkos_and_no_program_shows_its_own(self):
        # A second one would be destroyed twice at exit, and one that a program shows is found by
        # the Kokkos that PETSc brings along, which then registers its spaces there.
        places = [CONSUMER / "silent", PREFIX / "bin/tessera", *(PREFIX / "lib").glob("*.so")]
        symbols = {path.name: succeed("nm", "-D", "--defined-only", path).stdout for path in places}

        owners = {name for name, text in symbols.items() if " T _ZN6Kokkos" in text}
        self.assertLessEqual(owners, {"libtessera_core.so"})


class Examples(unittest.TestCase):
    """The programs that users start from, each a project of its own."""

    def build(self, name):
        tree = WORK / name
        answer = configure_consumer(tree, source=SOURCE / "examples" / name)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        succeed(CMAKE, "--build", tree)
        return tree

    def test_a_program_of_thirty_lines_loads_a_run_adapts_and_predicts(self):
        program = self.build("embed") / "embed"

        answer = succeed(program, "first", cwd=WORK)

        self.assertRegex(answer.stdout, r"^expert [01], support loss .*; u\(5\.9\d\) = .*\n$")
        self.assertLessEqual(len((SOURCE / "examples/embed/main.cpp").read_text().splitlines()), 30)
        self.assertIn("folder of a run", call(program, ".", cwd=WORK).stderr)

    def test_a_program_of_forty_lines_loads_a_run_of_places_and_solves_a_new_problem(self):
        program = self.build("place") / "place"

        answer = succeed(program, "places", 0.13, cwd=WORK)

        self.assertRegex(answer.stdout, r"^t =   0.0 s: u\(0\.5\d m\) = 0\.1300\n(t = .*\n)+converged after ")
        self.assertLessEqual(len((SOURCE / "examples/place/main.cpp").read_text().splitlines()), 40)
        self.assertIn("a run of type mixture", call(program, "first", 0.13, cwd=WORK).stderr)

    def test_a_project_of_sixty_lines_states_an_equation_of_its_own_and_solves_it_in_four_boxes(self):
        program = self.build("own_equation") / "own_equation"

        answer = succeed(program, cwd=WORK)

        self.assertRegex(answer.stdout, r"^relative error \S+ after \d+ steps\n$")
        # Time steps of 1/40 alone cost 3e-4; the start, kept for all times, is off by 0.5.
        self.assertLess(float(answer.stdout.split()[2]), 3e-3)
        files = [SOURCE / "examples/own_equation" / name for name in ("CMakeLists.txt", "main.cpp")]
        self.assertLessEqual(sum(len(file.read_text().splitlines()) for file in files), 60)

    def test_two_odeint_steppers_agree_on_a_learnt_field(self):
        program = self.build("odeint") / "learnt_field"

        lines = succeed(program, "first", 0, 0.5, 0.5, cwd=WORK).stdout.splitlines()

        ends = [[float(word) for word in line.split(":")[1].split()] for line in lines]
        self.assertEqual(len(ends), 2)
        for a, b in zip(*ends):
            self.assertAlmostEqual(a, b, places=5)


if __name__ == "__main__":
    del sys.argv[1:]
    unittest.main(verbosity=2)
