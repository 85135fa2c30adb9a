"""Runs the program as a user would; shared by the tests of this folder."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
ROOT = Path(__file__).resolve().parents[2]
# What a bare shell has: the program must need none of the variables that ctest sets, but for
# what sanitizers read.
BARE = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME") or k.endswith("SAN_OPTIONS")}


def tessera(*words, cwd=None, environment=None, stdout=subprocess.PIPE):
    return subprocess.run(
        [PROGRAM, *map(str, words)],
        cwd=cwd,
        env=environment,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=600,  # against a hang: programs under sanitizers on a busy machine take minutes
        check=False,
    )


class ProgramTest(unittest.TestCase):
    """Each test has a folder of its own, `self.folder`, that is gone afterwards."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return name

    def refused(self, words, *messages):
        """The program ends with 2, says nothing on stdout and each of `messages` on stderr."""
        answer = tessera(*words, cwd=self.folder)
        self.assertEqual(answer.returncode, 2, f"{words}: {answer.stderr}")
        self.assertEqual(answer.stdout, "")
        self.assertLessEqual(len(answer.stderr.splitlines()), 10)
        for message in messages:
            self.assertIn(message, answer.stderr)


def main():
    del sys.argv[1]
    unittest.main()
