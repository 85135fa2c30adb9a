"""Runs ctest and closes its words with one line: how many passed, which were skipped, how many failed.

A ctest that runs a suite of GoogleTest counts as its tests.

run_tests.py BUILD [ctest argument …]; the exit code is ctest's.
"""

import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

SHOWN = 12   # names of skipped tests
ENOUGH = 100_000_000   # bytes of a test's output that ctest keeps
# "[       OK ] KMeans.FindsThem (3 ms)"
RESULT = re.compile(r"^\[ +(OK|SKIPPED|FAILED) +\] ([^\s,]+)[^\n]* \(\d+ ms\)$", re.MULTILINE)


def count(case):
    """(number passed, names skipped, number failed) of one ctest, from ctest's results as JUnit has them."""
    word = case.find("skipped")
    # A test whose program is missing is called skipped there too; it has failed.
    if case.get("status") == "disabled" or word is not None and word.get("message").startswith("SKIP_"):
        return 0, [case.get("name")], 0
    ran = case.get("status") == "run"
    results = RESULT.findall(case.findtext("system-out") or "")
    skipped = [name for result, name in results if result == "SKIPPED"]
    passed = sum(result == "OK" for result, _ in results)
    failed = len(results) - passed - len(skipped)
    if ran:
        return (passed if results else 1), skipped, failed
    return passed, skipped, max(failed, 1)   # none by name where a program broke down


def summary(results):
    """The line."""
    passed, skipped, failed = 0, [], 0
    for case in ElementTree.parse(results).getroot().iter("testcase"):
        counts = count(case)
        passed, skipped, failed = passed + counts[0], skipped + counts[1], failed + counts[2]
    names = ", ".join(skipped[:SHOWN])
    if len(skipped) > SHOWN:
        names += f" and {len(skipped) - SHOWN} more"
    return f"{passed} passed, {len(skipped)} skipped{f' ({names})' if names else ''}, {failed} failed"


def main():
    build, *arguments = sys.argv[1:]
    results = Path(build).resolve() / "Testing/results.xml"
    results.unlink(missing_ok=True)
    command = ["ctest", "--test-dir", build, "-j2", "--output-on-failure", "--output-junit", results,
               "--test-output-size-passed", str(ENOUGH)]
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
