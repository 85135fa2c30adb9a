"""The program on processors that it was not built for: a sentence and exit code 2, no SIGILL."""

import re
import shutil
import subprocess
import sys
import unittest

import program
from program import ProgramTest, tessera

QEMU = shutil.which("qemu-x86_64")


def on(processor, *words):
    command = [QEMU, "-cpu", processor, program.PROGRAM, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


class Processor(ProgramTest):
    def setUp(self):
        super().setUp()
        self.pack = re.search(r"(?m)^pack_abi +(\S+)$", tessera("info").stdout).group(1)
        if self.pack not in ("avx512", "avx2", "sse4.2"):
            raise unittest.SkipTest(f"packs are {self.pack}: there is no older processor to play")

    def test_one_that_lacks_instructions_is_told_which_and_what_to_do(self):
        # With the TESSERA_ARCH that they have.
        for processor, name, level in (
            ("Nehalem", "Nehalem", "x86-64-v2"),
            ("qemu64", "QEMU", "generic"),
        ):
            if (self.pack, processor) == ("sse4.2", "Nehalem"):
                continue   # has it
            with self.subTest(processor=processor):
                answer = on(processor, "info")

                self.assertEqual((answer.returncode, answer.stdout), (2, ""))
                lines = [line for line in answer.stderr.splitlines() if not line.startswith("qemu")]
                self.assertEqual(len(lines), 1, answer.stderr)
                self.assertRegex(
                    lines[0],
                    rf"^tessera: this program was built for \S.* and this processor \(.*{name}.*\) lacks "
                    rf"{re.escape(self.pack)}.*; build it here with \./tessera, or with TESSERA_ARCH={level}$",
                )

    def test_help_is_refused_too_as_every_word_may_need_what_is_lacking(self):
        self.assertEqual(on("qemu64", "--help").returncode, 2)


if __name__ == "__main__":
    if not QEMU:
        print("skipped: qemu-x86_64 is not on PATH; install qemu-user")
        sys.exit(77)
    program.main()
