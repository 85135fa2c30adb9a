"""Reads what `tessera bench ode bench.export=FOLDER` and `tessera export` write."""

import json
from pathlib import Path

import numpy as np


class InputError(Exception):
    """Something the user gave cannot be used."""


def load(file):
    """All arrays of a NumPy archive."""
    try:
        with np.load(file) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError) as problem:
        raise InputError(f"{file}: {problem}; write it with tessera first") from problem


def shape_of(step):
    """(state, width, depth, rank) of an exported iteration."""
    return tuple(int(step["shape"][k]) for k in range(4))


def step(folder, precision):
    """The iteration of `bench ode bench.export=FOLDER` in float32 or float64."""
    return load(Path(folder) / f"step_{precision}.npz")


def split(folder, name):
    """One split of `tessera export`: times (environment, time), states (environment, trajectory,
    time, state) and the family of each environment."""
    arrays = load(Path(folder) / f"{name}.npz")
    times, states = arrays["t"], arrays["X"]
    if states.ndim == 4:
        times = np.tile(times, (len(states), 1))
        return times, states, np.zeros(len(states), int)
    families, environments = states.shape[:2]
    family = np.repeat(np.arange(families), environments)
    return times[family], states.reshape(-1, *states.shape[2:]), family


def write_json(file, content):
    if file:
        Path(file).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
