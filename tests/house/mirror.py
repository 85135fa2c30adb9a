"""tests/unit mirrors the sources: every component is tested, every test names what it tests."""

import re

import house


# Subjects that are no file's: what all kernels of a component are called, how it uses threads.
CROSSWISE = {"label", "thread"}


def words(stem):
    """Words of a name in the singular: families -> {family}."""
    singular = (re.sub(r"ies$", "y", word) for word in stem.split("_"))
    return {re.sub(r"s$", "", word) for word in singular}


def check(root):
    findings, stems = [], {name: set() for name in house.COMPONENTS}
    tested = set()
    paths = house.sources(root)
    for path in paths:
        component = house.component_of(path)
        if component in stems:
            stems[component] |= words(path.stem)
    for component in stems:
        stems[component] |= CROSSWISE if stems[component] else set()
    for path in paths:
        if path.parts[:2] != ("tests", "unit") or path.suffix != ".cpp":
            continue
        component, name = path.parts[2], path.stem
        tested.add(component)
        if component not in stems:
            findings.append(f"{path}: there is no component {component}")
        elif not name.endswith("_test"):
            if name != "main":
                findings.append(f"{path}: a test file is called <subject>_test.cpp")
        elif not words(name.removesuffix("_test")) & stems[component]:
            findings.append(f"{path}: no source of {component} shares a word with this name")
    for component, names in stems.items():
        if names and component not in tested and component != "model":
            findings.append(f"tests/unit/{component}: missing or empty")
    return findings


if __name__ == "__main__":
    house.main(check)
