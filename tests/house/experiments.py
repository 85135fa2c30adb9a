"""Every experiment folder has a README whose commands `tessera check` accepts."""

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import house

TAKES_VALUE = {"--out", "--seeds"}


def run_commands(text):
    """Words behind "./tessera run" of each such line in a ```sh block."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.replace("\\\n", " ").split("\n"):
            words = shlex.split(line, comments=True)
            if words[:2] == ["./tessera", "run"]:
                yield words[2:]


def config_words(words):
    """The config and its key=value words, without the options of `run`."""
    kept, skip = [], False
    for word in words:
        if skip or word.startswith("-"):
            skip = not skip and word in TAKES_VALUE
        else:
            kept.append(word)
    return kept


def command_findings(root, folder, program):
    readme = folder / "README.md"
    if not (root / readme).is_file():
        yield f"{folder}: no README.md; say what it shows and the command"
        return
    commands = list(run_commands(house.read(root, readme)))
    if not commands:
        yield f"{readme}: no ```sh block with a ./tessera run command"
    for words in commands if program else ():
        kept = config_words(words)
        answer = subprocess.run(
            [program, "check", *kept], cwd=root, capture_output=True, text=True, check=False
        )
        if answer.returncode != 0:
            yield f"{readme}: tessera check {shlex.join(kept)} says: {answer.stderr.strip()}"


def check(root, program=None):
    root, findings, folders = Path(root), [], set()
    program = program if program and Path(program).is_file() else None
    for path in house.files(root, ".toml"):
        if path.parts[0] != "experiments" or len(path.parts) < 3:
            continue
        folders.add(Path(*path.parts[:2]))
        try:
            tomllib.loads(house.read(root, path))
        except tomllib.TOMLDecodeError as error:
            findings.append(f"{path}: {error}")
    for folder in sorted(folders):
        findings += command_findings(root, folder, program)
    return findings


if __name__ == "__main__":
    house.main(check)
