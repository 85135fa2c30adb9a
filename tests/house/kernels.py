"""Kernels: every loop runs through Kokkos, and whatever Kokkos knows by name starts with
tessera::, so that profiles stay legible."""

import re

import house

RAW = re.compile(
    r"#[ \t]*pragma[ \t]+omp\b|\bstd::j?thread\b|\bstd::async\b|\bpthread_create\b|"
    r"\bomp_(?:get|set)_\w+|\b_mm\d*_\w+|\b__m(?:128|256|512)[di]?\b|"
    r"#[ \t]*include[ \t]*<(?:omp|immintrin|x86intrin|arm_neon)\.h>"
)
LAUNCH = re.compile(r"\bparallel_(for|reduce|scan)[ \t]*\(")
VIEW = re.compile(r"\bView[ \t]*<")
NESTED = re.compile(r"\b(?:Team|Thread)\w*Range\b")
PREFIX = "tessera::"


def arguments(text, start):
    """Top-level arguments of the call whose bracket opens at `start`."""
    depth, quoted, current, found = 0, False, "", []
    for index in range(start, len(text)):
        sign = text[index]
        if sign == '"' and text[index - 1] != "\\":
            quoted = not quoted
        if not quoted:
            depth += (sign in "([{") - (sign in ")]}")
            if depth == 0:
                break
            if sign == "," and depth == 1:
                found.append(current.strip())
                current = ""
                continue
        if index > start:
            current += sign
    return found + [current.strip()]


def after_template(text, start):
    """Position behind the > that closes the < at `start`, or -1."""
    depth = 0
    for index in range(start, len(text)):
        depth += (text[index] == "<") - (text[index] == ">" and text[index - 1] != "-")
        if depth == 0:
            return index + 1
    return -1


def launch_findings(text):
    for match in LAUNCH.finditer(text):
        first, *rest = arguments(text, match.end() - 1)
        if NESTED.search(first):
            continue
        if first.startswith('"'):
            if not first.startswith(f'"{PREFIX}'):
                yield match.start(), f"kernel label {first} does not start with {PREFIX}"
        elif len(rest) < (1 if match.group(1) == "for" else 2) + 1 or "Policy" in first:
            yield match.start(), "a kernel without a label"


def view_findings(text):
    for match in VIEW.finditer(text):
        behind = after_template(text, match.end() - 1)
        call = re.compile(r"(?:\s+\w+)?\s*([({])").match(text, behind) if behind > 0 else None
        if not call:
            continue
        first = arguments(text, call.start(1))[0]
        label = re.match(r'(?:(?:Kokkos::)?view_alloc\([^"]*)?"([^"]*)"', first)
        if label and not label.group(1).startswith(PREFIX):
            yield match.start(), f'View label "{label.group(1)}" does not start with {PREFIX}'


def check(root):
    findings = []
    for path in house.sources(root):
        component = house.component_of(path)
        if component is None:
            continue
        text = house.code(house.read(root, path), keep_strings=True)
        found = list(launch_findings(text)) + list(view_findings(text))
        is_pack = component == "core" and path.name.startswith("pack")
        if component != "tests" and not is_pack:
            plain = house.code(house.read(root, path))
            found += [(raw.start(), f"{raw.group()}: use Kokkos") for raw in RAW.finditer(plain)]
        findings += [f"{path}:{house.line_of(text, place)}: {what}" for place, what in found]
    return findings


if __name__ == "__main__":
    house.main(check)
