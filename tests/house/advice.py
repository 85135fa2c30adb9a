"""What a message says to write, `tessera check` takes: every key = value that a text of the program
names is tried on a small config, and every key that it names is one."""

import re
import subprocess
import sys
from pathlib import Path

import house

PLACE = "tests/support/place.toml"
CONFIGS = (
    ("tests/support/tiny.toml",),
    ("experiments/odebench4/published.toml",),
    (PLACE,),
    (PLACE, "constraint.coupling=none"),
    (PLACE, "experts.in_space=1", "network.functions=1"),
    ("experiments/diffusion_sorption/oracle.toml", "grid.cells=32", "oracle.fields=5", "oracle.samples=1"),
)
# Keys of another program's config, and the form of a word itself.
OTHERS = ("bench.", "table.key")
# "adapt.method = "adabelief"", "run.seed=1", "test.seed = {}"; what a call fills in is "".
NAMED = re.compile(
    r"(?<![\w./-])(?P<key>[a-z_]+(?:\.[a-z_]+)+) ?= ?"
    r"(?P<value>\"[^\"{}]+\"|\[[^\]{}]*\]|[-+]?\d[\w.+-]*|true\b|false\b|(?:\"?\{[^}]*\}\"?|\"?$))"
)
# "lower optimizer.rate", "raise solver.max_steps or loosen solver.rtol"
MOVED = re.compile(
    r"\b(?:lower|raise|loosen|tighten|set|another|or|where)\s+"
    r"(?P<key>(?:experiment|run|data|experts|gate|train|optimizer|solver|adapt|output|network|constraint|grid|"
    r"test|oracle)(?:\.[a-z_]+)+)(?![\w(/])(?! ?=)"
)
UNKNOWN = re.compile(r"unknown (?:key|table)|is a table of runs of type")


def texts(source):
    """(position, text) of each string of C++, pieces that stand beside each other joined."""
    begin, end, text = 0, 0, None
    for match in house.TOKEN.finditer(source):
        token = match.group()
        if not token.startswith('"'):
            continue
        piece = re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), token[1:-1])
        if text is not None and not source[end : match.start()].strip():
            text += piece
        else:
            if text is not None:
                yield begin, text
            begin, text = match.start(), piece
        end = match.end()
    if text is not None:
        yield begin, text


def named(text):
    """(key, value) of each that a text names; the value is "" where the call fills it in."""
    if "tessera run " in text:   # an example of a command, whose files are the user's
        return
    for match in NAMED.finditer(text):
        key, value = match["key"], match["value"]
        if not key.startswith(OTHERS):
            yield key, "" if "{" in value or value in ('"', "") else value
    for match in MOVED.finditer(text):
        yield match["key"], ""


def answers(root, program, word):
    """What check says to a word, config by config."""
    for config in CONFIGS:
        words = [w for w in config if not w.startswith(word.split("=")[0] + "=")] + [word]
        run = subprocess.run(
            [program, "check", *words], cwd=root, capture_output=True, text=True, check=False
        )
        yield run.returncode, run.stderr


def complaint(root, program, key, value):
    """What is wrong with a key and its value; empty where a config takes them."""
    word = f"{key}={value or 1}"
    said = []
    for code, text in answers(root, program, word):
        if code == 0 or (not value and not UNKNOWN.search(text)):
            return ""
        said.append(text.strip())
    return f"{word} is refused: {said[0]}"


def check(root, program=None):
    root, places, findings = Path(root), {}, []
    for path in house.sources(root):
        if house.component_of(path) not in (*house.COMPONENTS, "app"):
            continue
        source = house.read(root, path)
        for position, text in texts(source):
            for pair in named(text):
                places.setdefault(pair, f"{path}:{house.line_of(source, position)}")
    if not program or not Path(program).is_file():
        return []
    for (key, value), place in sorted(places.items()):
        wrong = complaint(root, program, key, value)
        if wrong:
            findings.append(f"{place}: {wrong}")
    return findings


if __name__ == "__main__":
    house.main(check)
