"""The script ./tessera in a tree of its own, with compilers and CMake played by small scripts: which
folders builds live in, whom they are removed under, its words, and what it does to the system."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
PROGRAM = sys.argv[1]

# What the script calls, played: a program that tells where it was built, and lives as long as asked.
CMAKE = r"""
case $1 in
  --build) mkdir -p "$2/src/app"
    printf '#!/bin/sh\necho "${0%%/src/app/tessera}" "$@"; [ "$1" != sleep ] || exec sleep 60\n' >"$2/src/app/tessera"
    chmod +x "$2/src/app/tessera" ;;
  --install) mkdir -p "$4/bin"; cp "$2/src/app/tessera" "$4/bin" ;;
  *) while [ "$1" != -B ]; do shift; done
    mkdir -p "$2"; touch "$2/build.ninja"; printf %s "$Kokkos_ROOT" >"$2/kokkos_dir"
    cp "$STUBS/tests.cmake" "$2/CTestTestfile.cmake" ;;
esac
"""
GREP = r"""
for last; do :; done
if [ "$last" = /proc/cpuinfo ]; then echo "flags : fpu $CPU"; else exec /usr/bin/grep "$@"; fi
"""
COMPILER = 'echo "a compiler 1.0"'
TESTS = """
add_test(good true)
add_test(bad false)
add_test(left_aside sh -c "exit 77")
set_tests_properties(left_aside PROPERTIES SKIP_RETURN_CODE 77)
add_test(lost /no/such/program)
"""


class Tree(unittest.TestCase):
    """A tree with the script and stubs of what it calls."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        self.root = self.folder / "tree"
        self.stubs = self.folder / "stubs"
        self.stubs.mkdir()
        (self.folder / "kokkos").mkdir()
        (self.root / "cmake").mkdir(parents=True)
        shutil.copy(SOURCE / "tessera", self.root)
        shutil.copytree(SOURCE / "cmake/setup", self.root / "cmake/setup")
        self.stub("cmake", CMAKE)
        self.stub("grep", GREP)
        self.stub("c++", COMPILER)
        (self.stubs / "tests.cmake").write_text(TESTS)
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("TESSERA", "CMAKE", "Kokkos", "CXX"))}
        self.environment = keep | {
            "PATH": f"{self.stubs}:{os.environ['PATH']}",
            "STUBS": str(self.stubs),
            "TESSERA_NO_APT": "1",
            "TESSERA_CACHE": str(self.folder / "cache"),
            "Kokkos_ROOT": str(self.folder / "kokkos"),
            "CPU": "avx2",
        }

    def stub(self, name, text):
        path = self.stubs / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)

    def call(self, *words, **environment):
        return subprocess.run(
            [self.root / "tessera", *words], env=self.environment | environment, cwd=self.folder,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def place(self, *words, **environment):
        """The folder that the program which was started was built in."""
        answer = self.call(*words, **environment)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return Path(answer.stdout.split()[0])


class Folders(Tree):
    def test_each_kind_of_machine_has_its_own_and_the_first_keeps_the_plain_name(self):
        first = self.place("info")
        mark = first / "mark"
        mark.touch()

        second = self.place("info", CPU="avx512f")
        again = self.place("info")

        self.assertEqual(first, self.root / "build/release")
        self.assertRegex(second.name, r"^release-[0-9a-f]{8}$")
        self.assertEqual(again, first)
        self.assertTrue(mark.exists(), "the first build was removed")
        self.assertEqual(self.place("info", CPU="avx512f"), second)

    def test_a_named_instruction_set_is_the_same_on_every_machine(self):
        places = {self.place("info", TESSERA_ARCH="x86-64-v3", CPU=cpu) for cpu in ("avx2", "avx512f")}

        self.assertEqual(places, {self.root / "build/release-x86-64-v3"})

    def test_a_build_is_not_removed_under_a_program_that_runs_from_it(self):
        self.place("info")
        running = subprocess.Popen(
            [self.root / "tessera", "sleep"], env=self.environment, stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(running.stdout.close)
        self.addCleanup(running.wait)
        self.addCleanup(running.kill)
        running.stdout.readline()
        (self.folder / "kokkos").rmdir()   # so that the build must be made anew

        answer = self.call("info")

        self.assertEqual(answer.returncode, 1, answer.stderr)
        self.assertIn("something runs from", answer.stderr)
        self.assertTrue((self.root / "build/release/src/app/tessera").exists())
        running.kill()
        running.wait()
        (self.folder / "kokkos").mkdir()
        self.assertEqual(self.place("info"), self.root / "build/release")

    def test_a_machine_without_a_compiler_takes_what_was_built_elsewhere(self):
        first = self.place("info")

        self.assertEqual(self.place("info", CXX="no-such-compiler"), first)

    def test_a_machine_without_a_compiler_is_told_how_to_get_a_program(self):
        answer = self.call("info", CXX="no-such-compiler")

        self.assertEqual(answer.returncode, 2)
        self.assertIn("./tessera install PREFIX", answer.stderr)


class Words(Tree):
    def test_help_shows_the_words_of_the_script_and_of_the_program(self):
        before = self.call("--help").stdout
        self.place("info")
        after = self.call("--help").stdout

        for text in (before, after):
            for word in ("setup", "build", "test", "install"):
                self.assertIn(f"./tessera {word} ", text)
        self.assertIn("build/release --help\n", after)

    def test_the_program_tells_of_the_words_of_the_script(self):
        text = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout

        for word in ("setup", "build", "test", "install"):
            self.assertRegex(text, rf"\./tessera[^.]*\b{word}\b")

    def test_install_leaves_a_program_that_needs_no_tree(self):
        answer = self.call("install", "a prefix")

        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn(str(self.folder / "a prefix/bin/tessera"), answer.stderr)
        self.assertTrue((self.folder / "a prefix/bin/tessera").exists())
        self.assertEqual(self.call("install").returncode, 2)

    def test_tests_end_in_a_line_that_tells_skipped_from_passed(self):
        answer = self.call("test")

        self.assertEqual(answer.returncode, 8, answer.stderr)
        self.assertEqual(answer.stdout.splitlines()[-1], "1 passed, 1 skipped (left_aside), 2 failed")

    def test_a_suite_counts_as_its_tests(self):
        (self.stubs / "tests.cmake").write_text(
            'add_test(suite printf "[       OK ] A.b (0 ms)\\n[       OK ] A.c/0, where x = 1 (0 ms)\\n'
            '[  SKIPPED ] A.d (0 ms)\\n")\n'
        )

        answer = self.call("test")

        self.assertEqual(answer.stdout.splitlines()[-1], "2 passed, 1 skipped (A.d), 0 failed")

    def test_tests_that_are_stopped_stop(self):
        (self.stubs / "tests.cmake").write_text("add_test(long sleep 60)\n")
        self.place("info")
        tests = subprocess.Popen(
            [self.root / "tessera", "test"], env=self.environment, stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(tests.stdout.close)
        while "Start 1" not in tests.stdout.readline():
            self.assertIsNone(tests.poll())
        begin = time.monotonic()

        tests.send_signal(signal.SIGTERM)

        self.assertNotEqual(tests.wait(timeout=30), 0)
        self.assertLess(time.monotonic() - begin, 20)


class ParaView(Tree):
    """cmake/setup/paraview.sh: it never touches the system."""

    def setUp(self):
        super().setUp()
        self.calls = self.folder / "calls"
        self.stub("apt-get", f'echo "$*" >>"{self.calls}"; touch paraview.deb')
        self.stub("sudo", f'echo "sudo $*" >>"{self.calls}"; exec "$@"')
        self.stub("dpkg", f"""
            echo "dpkg $*" >>"{self.calls}"; mkdir -p "$3/usr/bin"
            printf '#!/bin/sh\n' >"$3/usr/bin/pvpython"; chmod +x "$3/usr/bin/pvpython"
        """)

    def fetch(self, path):
        return subprocess.run(
            ["/bin/bash", self.root / "cmake/setup/paraview.sh"], env=self.environment | {"PATH": path},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def called(self):
        return self.calls.read_text().splitlines() if self.calls.exists() else []

    def test_packages_are_unpacked_into_the_cache_and_nothing_is_installed(self):
        self.stub("xvfb-run", 'shift; exec "$@"')

        answer = self.fetch(self.environment["PATH"])

        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertTrue((self.folder / "cache/paraview/usr/bin/pvpython").exists())
        self.assertRegex(self.called()[0], r"\bdownload paraview python3-paraview$")
        self.assertRegex(self.called()[1], r"^dpkg -x ")
        self.assertEqual(len(self.called()), 2)

    def test_a_display_that_is_missing_is_asked_for_and_not_installed(self):
        tools = self.folder / "tools"
        tools.mkdir()
        for name in ("bash", "dirname", "mktemp", "mkdir", "rm", "mv", "uname", "env", "touch"):
            (tools / name).symlink_to(shutil.which(name))

        answer = self.fetch(f"{self.stubs}:{tools}")

        self.assertEqual(answer.returncode, 2)
        self.assertRegex(answer.stderr, r"install the packages xvfb, xauth and libgl1-mesa-dri")
        self.assertEqual(self.called(), [])


if __name__ == "__main__":
    del sys.argv[1:]
    unittest.main(verbosity=2)
