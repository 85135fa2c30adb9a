"""Every line that tests/mutants.sh breaks is still there: a row that changes nothing tests nothing."""

import subprocess

import house

TABLE = "tests/mutants.sh"


def rows(text):
    """(line, name, file, expression) of each row of the table."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.endswith("<<'TABLE'"):
            inside = True
        elif line == "TABLE":
            inside = False
        elif inside:
            name, file, expression = line.split(" | ")[:3]
            yield number, name, file.strip(), expression


def check(root):
    table = root / TABLE
    if not table.exists():
        return []
    findings = []
    for number, name, file, expression in rows(table.read_text(encoding="utf-8")):
        path = root / file
        if not path.exists():
            findings.append(f"{TABLE}:{number}: {file} of \"{name}\" is not there")
            continue
        text = path.read_text(encoding="utf-8")
        broken = subprocess.run(["sed", "-E", expression], input=text, capture_output=True,
                                text=True, check=False)
        if broken.returncode != 0 or broken.stdout == text:
            findings.append(f"{TABLE}:{number}: \"{name}\" breaks no line of {file}; mend its expression")
    return findings


if __name__ == "__main__":
    house.main(check)
