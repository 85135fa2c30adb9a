"""One communicator: Runtime takes the world or what it is given, and everything else is handed it."""

import re

import house

WORLD = re.compile(r"\b(?:MPI|PETSC)_COMM_WORLD\b")
TAKES_IT = "src/core/runtime.cpp"


def check(root):
    findings = []
    for path in house.sources(root):
        if house.component_of(path) in (None, "tests") or path.as_posix() == TAKES_IT:
            continue
        text = house.code(house.read(root, path))
        for match in WORLD.finditer(text):
            line = house.line_of(text, match.start())
            findings.append(f"{path}:{line}: {match.group()}; take the communicator of Runtime")
    return findings


if __name__ == "__main__":
    house.main(check)
