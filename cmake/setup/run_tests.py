"""Runs ctest and closes its words with one line: how many passed, which were skipped, how many failed.

run_tests.py BUILD [ctest argument …]; the exit code is ctest's.
"""

import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

SHOWN = 12   # names of skipped tests


def summary(results):
    """The line, from ctest's results as JUnit has them."""
    skipped, failed, passed = [], 0, 0
    for case in ElementTree.parse(results).getroot().iter("testcase"):
        word = case.find("skipped")
        # A test whose program is missing is called skipped there too; it has failed.
        if case.get("status") == "disabled" or word is not None and word.get("message").startswith("SKIP_"):
            skipped.append(case.get("name"))
        elif case.get("status") == "run":
            passed += 1
        else:
            failed += 1
    names = ", ".join(skipped[:SHOWN])
    if len(skipped) > SHOWN:
        names += f" and {len(skipped) - SHOWN} more"
    return f"{passed} passed, {len(skipped)} skipped{f' ({names})' if names else ''}, {failed} failed"


def main():
    build, *arguments = sys.argv[1:]
    results = Path(build) / "Testing/results.xml"
    results.unlink(missing_ok=True)
    command = ["ctest", "--test-dir", build, "-j2", "--output-on-failure", "--output-junit", results]
    # A terminal's signals reach ctest by themselves; what was sent to this process alone is handed on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = subprocess.Popen(
        [*command, *arguments], preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda which, _: child.send_signal(which))
    code = child.wait()
    if results.exists():
        print(summary(results), flush=True)
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
