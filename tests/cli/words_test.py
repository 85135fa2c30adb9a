"""The program's words: what they print, and how wrong ones are refused."""

import re

import program
from program import ProgramTest, tessera

WORDS = ("run", "check", "list", "info", "bench", "report", "truth")

# Words, then what the message must hold: the mistake, and what to do about it.
REFUSED = (
    ((), "which word?", "tessera --help"),
    (("rnu",), 'unknown word "rnu" (did you mean "run"?)', "tessera --help"),
    (("--quiet",), 'unknown word "--quiet"'),
    (("run",), "tessera run: CONFIG is required", "tessera run --help"),
    (("check",), "tessera check: CONFIG is required"),
    (("bench",), "tessera bench: NAME is required"),
    (("bench", "nothing"), "nothing"),
    (("list", "expert"), "expert"),
    (("list", "experts", "gates"), 'unknown word "gates"'),
    (("info", "all"), 'unknown word "all"'),
    (("run", "a.toml", "--ou", "x"), 'unknown word "--ou" (did you mean "--out"?)'),
    (("run", "a.toml", "--resum"), 'unknown word "--resum" (did you mean "--resume"?)'),
    (("run", "a.toml", "--out"), "--out", "missing"),
    (("run", "a.toml", "--resume", "--force"), "--resume excludes --force"),
    (("run", "a.toml", "--threads", "0"), "--threads", "1 to 4096"),
    (("run", "a.toml", "--threads", "two"), "--threads", "1 to 4096"),
    (("run", "a.toml", "--seeds", "0,x"), "--seeds 0,x", "for instance"),
    (("run", "a.toml", "--seeds", "0,0"), "--seeds 0,0", "for instance"),
    (("run", "a.toml", "--seeds", "-1"), "--seeds", "for instance"),
)


class Words(ProgramTest):
    def test_wrong_words_are_refused_with_advice(self):
        for words, *messages in REFUSED:
            with self.subTest(words=words):
                self.refused(words, *messages)

    def test_every_word_explains_itself_with_an_example(self):
        for words in ((), *((word,) for word in WORDS)):
            with self.subTest(words=words):
                answer = tessera(*words, "--help")
                self.assertEqual((answer.returncode, answer.stderr), (0, ""))
                self.assertIn("Example:\n  tessera ", answer.stdout)

    def test_help_names_every_word(self):
        answer = tessera("--help")

        for word in WORDS:
            self.assertIn(f"\n  {word} ", answer.stdout)

    def test_version_is_one_line(self):
        answer = tessera("--version")

        self.assertEqual(answer.returncode, 0)
        self.assertRegex(answer.stdout, r"^tessera \d+\.\d+\.\d+\n$")

    def test_info_names_back_end_and_libraries_and_is_silent_otherwise(self):
        answer = tessera("info", environment=program.BARE)

        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        for name in ("version", "git", "arch", "pack_abi", "back end", "pack", "embedding", "cpu", "mpi",
                     "petsc", "hdf5", "vtk"):  # fmt: skip
            self.assertRegex(answer.stdout, rf"(?m)^{name} +\S")

    def test_info_tells_the_flags_that_the_compiler_got(self):
        answer = tessera("info")

        flags = re.search(r"(?m)^flags +(.*)$", answer.stdout).group(1)
        self.assertIn("-ffp-contract=off", flags)
        for flag in flags.split():
            self.assertRegex(flag, r"^-[A-Za-z][^$<>;]*$")

    def test_threads_reach_the_back_end(self):
        for threads in (1, 2):
            answer = tessera("info", "--threads", threads)
            self.assertIn(f", {threads} thread(s)\n", answer.stdout)

    def test_list_has_all_seams_and_each_alone(self):
        everything = tessera("list").stdout

        for seam in ("run_kinds", "families", "experts", "gates", "solvers", "sinks"):
            answer = tessera("list", seam)
            self.assertEqual((answer.returncode, answer.stderr), (0, ""))
            for line in answer.stdout.strip().splitlines():
                self.assertIn(line.strip(), everything)

    def test_names_of_any_length_stand_in_a_column_of_their_own(self):
        lines = tessera("list", "pde_families").stdout.splitlines()[1:]

        starts = {len(line) - len(line.split(None, 1)[1]) for line in lines}
        self.assertEqual(len(starts), 1, lines)

    def test_results_that_nobody_can_take_are_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            answer = tessera("info", stdout=full)

        self.assertEqual(answer.returncode, 1)
        self.assertIn("standard output cannot be written", answer.stderr)


if __name__ == "__main__":
    program.main()
