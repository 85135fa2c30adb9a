"""Sizes: what one can read in one sitting."""

import re
import statistics

import house

MEDIAN_FILE = 120
LONGEST_FILE = 600
LONGEST_PUBLIC_HEADER = 150
LONGEST_FUNCTION = 50


def function_lengths(text):
    """(first line, lines of the body) of each function. The format puts a function's brace alone
    on its line and closes it at the same depth; classes and lambdas open theirs behind text."""
    lines = house.code(text).split("\n")
    for start, line in enumerate(lines):
        if line.strip() != "{":
            continue
        end_mark = re.compile(re.escape(line[: line.index("{")]) + r"}")
        for end in range(start + 1, len(lines)):
            if end_mark.match(lines[end]):
                yield start + 1, end - start - 1
                break


def check(root):
    findings, lengths = [], []
    for path in house.sources(root):
        text = house.read(root, path)
        length = text.count("\n")
        lengths.append(length)
        limit = LONGEST_PUBLIC_HEADER if house.is_public(path) else LONGEST_FILE
        if length > limit:
            findings.append(f"{path}: {length} lines; {limit} is the limit here: split it")
        for line, body in function_lengths(text):
            if body > LONGEST_FUNCTION:
                findings.append(f"{path}:{line}: a function of {body} lines; {LONGEST_FUNCTION} at most")
    if lengths and statistics.median(lengths) > MEDIAN_FILE:
        findings.append(f"median file length {statistics.median(lengths)}; {MEDIAN_FILE} at most")
    return findings


if __name__ == "__main__":
    house.main(check)
