"""Arrows: which component may include and link which."""

import re

import house

# Direct arrows; what stands behind an arrow may be used too.
DIRECT = {
    "core": (),
    "nn": ("core",),
    "solvers": ("core",),
    "domains": ("core", "solvers"),
    "experts": ("core", "solvers"),
    "fields": ("experts", "nn", "solvers"),
    "constraint": ("experts", "nn", "solvers", "domains"),
    "meta": ("fields", "experts", "domains"),
    "train": ("core", "nn"),
    "io": ("core", "domains"),
    "model": ("meta", "constraint", "train", "io"),
    "benchmarks": ("model",),
    "app": ("model",),
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def allowed(component):
    reached = {component}
    for other in DIRECT[component]:
        reached |= allowed(other)
    return reached


def include_findings(root, path, component):
    text = house.code(house.read(root, path), keep_strings=True)
    for match in INCLUDE.finditer(text):
        kind, name = match.groups()
        where = f"{path}:{house.line_of(text, match.start())}"
        parts = name.split("/")
        if parts[0] == "tessera" and len(parts) > 2:
            if parts[1] not in allowed(component):
                yield f"{where}: {component} may not include {parts[1]} (<{name}>)"
        elif kind == '"':
            if ".." in parts:
                yield f'{where}: "{name}" climbs out of its folder; include <tessera/…>'
            elif house.is_public(path):
                yield f'{where}: a public header includes the private "{name}"'


def link_findings(root, path, component):
    text = re.sub(r"#[^\n]*", "", house.read(root, path))
    for match in re.finditer(r"\btessera(?:::|_)(\w+)", text):
        other = match.group(1)
        if other in DIRECT and other not in allowed(component):
            yield f"{path}:{house.line_of(text, match.start())}: {component} may not link {other}"


def check(root):
    findings = []
    for path in house.files(root, ".hpp", ".cpp", ".txt"):
        component = house.component_of(path)
        if component not in DIRECT:
            continue
        if path.suffix != ".txt":
            findings += include_findings(root, path, component)
        elif path.name == "CMakeLists.txt":
            findings += link_findings(root, path, component)
    return findings


if __name__ == "__main__":
    house.main(check)
