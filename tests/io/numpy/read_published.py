"""The published layouts as their own scripts open them: np.load, arrays t and X, _envs.json."""

import json
import sys

import numpy as np

folder = sys.argv[1]
first = np.arange(24).reshape(3, 4, 2) / 3  # of every environment, plus 100 × its first parameter
step = np.arange(4)


def load(name):
    archive = np.load(f"{folder}/{name}.npz", allow_pickle=False)
    assert sorted(archive.files) == ["X", "t"], archive.files
    assert archive["t"].dtype == archive["X"].dtype == np.float64
    return archive["t"], archive["X"]


for split in ("train", "test"):
    t, x = load(split)
    assert np.array_equal(t, [step / 10, step * 2 / 10]), t
    assert x.shape == (2, 2, 3, 4, 2), x.shape
    for family, environment, parameter in ((0, 0, 1), (0, 1, 2), (1, 0, 3), (1, 1, 4)):
        assert np.array_equal(x[family, environment], 100 * parameter + first), (family, environment)
    with open(f"{folder}/{split}_envs.json", encoding="utf-8") as file:
        described = json.load(file)
    assert list(described) == ["24", "25"], described
    assert described["24"] == [{"c0": 1.0}, {"c0": 2.0}], described
    assert described["25"] == [{"c0": 3.0, "c1": 0.1}, {"c0": 4.0, "c1": 0.2}], described

for split in ("adapt_train", "adapt_test", "flat/train", "flat/test"):
    t, x = load(split)
    assert np.array_equal(t, step / 10), t
    assert np.array_equal(x, [500 + first]), x.shape
print("NumPy read the published layouts")
