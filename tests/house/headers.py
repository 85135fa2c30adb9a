"""Public headers name no library that users should not have to know."""

import re

import house

HIDDEN = re.compile(
    r"#[ \t]*include[ \t]*[<\"](?:petsc|vtk|hdf5|H5|toml|ginac|zip\.h)|"
    r"\bPetsc[A-Z]\w*|\bPETSC_\w+|\bvtk[A-Z]\w*|\bH5[A-Z]{1,2}\w+|\bhid_t\b|\btoml::\w+|\bGiNaC::\w+|"
    r"\bzip_(?:\w+_)?t\b"
)


def check(root):
    findings = []
    for path in house.sources(root):
        if not house.is_public(path):
            continue
        text = house.code(house.read(root, path), keep_strings=True)
        for match in HIDDEN.finditer(text):
            line = house.line_of(text, match.start())
            findings.append(f"{path}:{line}: {match.group()} belongs into the .cpp")
        if "#pragma once" not in text:
            findings.append(f"{path}: no #pragma once")
    return findings


if __name__ == "__main__":
    house.main(check)
