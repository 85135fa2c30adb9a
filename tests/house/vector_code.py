"""Vector code calls nothing: a function of libm that slips into a pack's loop goes through the
lanes one by one and costs more than all the rest. Read from the machine code of object files."""

import re
import subprocess
import sys
from pathlib import Path

LIBM = re.compile(
    r"^(?:scalbl?n|ldexp|frexp|fmin|fmax|exp2?|expm1|log(?:2|10|1p|b)?|tanh|fma|"
    r"nearbyint|rint|round|copysign)[fl]?$"
)
FUNCTION = re.compile(r"^[0-9a-f]+ <(?P<name>.*)>:$")
CALL = re.compile(r"\b(?:call|jmp|bl|b)\b.*<(?P<call>\w+)(?:@plt)?(?:[+-]0x[0-9a-f]+)?>\s*$")
RELOCATION = re.compile(r"^\s*[0-9a-f]+: R_\S+\s+(?P<name>[\w.]+)")
# The plain twin of each field, on one point, and the drawing of first parameters.
PLAIN = re.compile(r"Bank<.*>::(?:evaluate|initialise|network)\(|\(anonymous namespace\)::apply<")



def calls(listing):
    """(function, callee) for each call of libm in objdump's listing."""
    function = ""
    for line in listing:
        begin = FUNCTION.match(line)
        if begin:
            function = begin["name"]
            continue
        found = CALL.search(line)
        name = found["call"] if found else None
        if not name:
            found = RELOCATION.match(line)
            name = found["name"] if found else None
        if name and LIBM.match(name) and not PLAIN.search(function):
            yield function, name


def check(objdump, objects):
    findings = []
    for path in objects:
        run = subprocess.run(
            [objdump, "-d", "-r", "-C", "--no-show-raw-insn", path],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        found = sorted(set(calls(run.stdout.splitlines())))
        # The names of templates run to pages: their ends tell the function.
        findings += [f"{Path(path).name}: {function[-90:]} calls {name}" for function, name in found]
    return findings


def main():
    objdump, abi, *objects = sys.argv[1:]
    if abi == "scalar":
        print("skipped: packs of one number are numbers, and call libm")
        sys.exit(77)
    if not objects:
        print("no object files were named: nothing is looked at")
        sys.exit(1)
    findings = check(objdump, objects)
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings in {len(objects)} object files")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
