"""The library never prints, exits or aborts; only the program (src/app) may."""

import re

import house

LOUD = re.compile(
    r"\bstd::(?:cout|cerr|clog)\b|\bfmt::print\s*\(\s*(?:\"|std(?:out|err)\b)|"
    r"\bPetscPrintf\b|\bMPI_Abort\b|"
    r"(?<![\w.>:])(?:std::|Kokkos::|::)?"
    r"(?:printf|puts|putchar|perror|exit|_exit|_Exit|quick_exit|abort|terminate)\s*\(|"
    r"\bfprintf\s*\(\s*std(?:out|err)\b"
)


def check(root):
    findings = []
    for path in house.sources(root):
        if house.component_of(path) not in house.COMPONENTS:
            continue
        text = house.code(house.read(root, path))
        for match in LOUD.finditer(text):
            line = house.line_of(text, match.start())
            findings.append(f"{path}:{line}: {match.group()} in the library; throw or log instead")
    return findings


if __name__ == "__main__":
    house.main(check)
