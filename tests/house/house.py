"""What the house rules share: which files there are, and source text without its comments."""

import re
import subprocess
import sys
from pathlib import Path

COMPONENTS = {
    "core": "src/core",
    "nn": "src/nn",
    "experts": "src/experts",
    "fields": "src/fields",
    "constraint": "src/constraint",
    "train": "src/train",
    "model": "src/model",
    "solvers": "solvers",
    "meta": "meta",
    "domains": "domains",
    "io": "io",
}

SKIPPED = {"build", "runs", "data", ".git", "__pycache__"}


def files(root, *suffixes):
    """Paths relative to root of the tree's files: those git knows or would take, else all."""
    root = Path(root)
    command = ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"]
    names = []
    if (root / ".git").exists():
        listed = subprocess.run(command, capture_output=True, check=False)
        names = [name for name in listed.stdout.decode().split("\0") if name]
    if not names:
        names = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
    paths = sorted(Path(name) for name in set(names))
    return [
        path
        for path in paths
        if path.suffix in suffixes and not SKIPPED & set(path.parts[:-1]) and (root / path).is_file()
    ]


def sources(root):
    return files(root, ".hpp", ".cpp")


def component_of(path):
    """Name of the component that a path belongs to; "app", "tests" or None beside them."""
    text = path.as_posix()
    for name, folder in COMPONENTS.items():
        if text.startswith(folder + "/"):
            return name
    if text.startswith("src/app/"):
        return "app"
    return path.parts[0] if path.parts[0] in ("tests", "benchmarks") else None


def is_public(path):
    return path.suffix == ".hpp" and "include" in path.parts


TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^()\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|'
    r"(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.DOTALL,
)


def code(text, keep_strings=False):
    """The text with comments (and strings, unless kept) blanked; line numbers stay."""

    def blank(match):
        token = match.group()
        if token.startswith(("//", "/*")):
            return re.sub(r"[^\n]", " ", token)
        if keep_strings:
            return token
        return '"' + re.sub(r"[^\n]", " ", token[1:-1]) + '"'

    return TOKEN.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def read(root, path):
    return (Path(root) / path).read_text(encoding="utf-8")


def main(rule):
    """Runs rule(root, *arguments) -> list of findings, as a test program does."""
    findings = rule(Path(sys.argv[1]), *sys.argv[2:])
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else "no findings")
    sys.exit(1 if findings else 0)
