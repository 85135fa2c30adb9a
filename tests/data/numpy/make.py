"""Makes the files beside it with NumPy: python3 make.py (written by NumPy 1.24.2).

Values are 0, 1, 2, … divided by 8 where nothing else is said, so that every type holds them.
"""

import io
import json
import pathlib
import zipfile

import numpy as np

here = pathlib.Path(__file__).parent


def ramp(*shape):
    return (np.arange(np.prod(shape, dtype=int)) / 8.0).reshape(shape)


def npy(array, version=(1, 0)):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


def pack(name, **files):
    """An archive with the bytes of these arrays, whatever is wrong with them."""
    with zipfile.ZipFile(here / name, "w") as archive:
        for key, content in files.items():
            archive.writestr(zipfile.ZipInfo(key + ".npy"), content)


times, states = ramp(4), ramp(2, 3, 4, 2)

# Right ones.
np.savez(here / "plain.npz", t=times, X=states)
np.savez_compressed(here / "compressed.npz", t=times, X=states)
np.savez(here / "float32.npz", t=times.astype("<f4"), X=states.astype("<f4"))
np.savez(
    here / "types.npz",
    **{kind: np.array([0, 1, 100]).astype("<" + kind) for kind in "u1 u2 u4 u8 i1 i2 i4 i8".split()},
    negative=np.array([-1, -100], "<i2"),
    f4_big=ramp(5).astype(">f4"),
    f8_big=ramp(5).astype(">f8"),
    i4_big=np.array([-2, 70000], ">i4"),
)
named = {"names": np.array(["pump 7", "Größe\n µ"]), "parameters": ramp(2, 1)}
np.savez(here / "named.npz", t=times, X=states, parameter_names=np.array([b"k"]), **named)
np.savez(here / "named_big.npz", t=times, X=states, names=named["names"].astype(">U9"))
np.savez(
    here / "orders.npz",
    c=ramp(2, 3, 4),
    fortran=np.asfortranarray(ramp(2, 3, 4)),
    fortran_big=np.asfortranarray(ramp(3, 2).astype(">f4")),
    number=np.float64(2.5),
    empty=np.zeros((0, 3)),
)
for major in (1, 2, 3):
    (here / f"version{major}.npy").write_bytes(npy(ramp(2, 3), (major, 0)))

# Wrong ones.
whole = (here / "plain.npz").read_bytes()
(here / "truncated.npz").write_bytes(whole[: len(whole) // 2])
flipped = bytearray(whole)
flipped[whole.index(npy(states)) + len(npy(states)) - 20] ^= 1  # a bit of one value
(here / "flipped.npz").write_bytes(flipped)
pack("short.npz", t=npy(times), X=npy(states)[:-8])
np.savez(here / "objects.npz", t=times, X=np.array([ramp(2), None], dtype=object))
np.savez(here / "texts.npz", names=np.array(["u", "v"]))
np.savez(here / "records.npz", points=np.zeros(2, dtype=[("u", "f8"), ("v", "f8")]))
np.savez(here / "complex.npz", z=np.zeros(2, dtype=complex))
np.savez(here / "missing.npz", time=times, X=states)
np.savez(here / "rank.npz", t=times, X=ramp(3, 4, 2))
np.savez(here / "unsorted.npz", t=times[[0, 2, 1, 3]], X=states)
hole = states.copy()
hole[1, 2, 3, 0] = np.nan
np.savez(here / "nan.npz", t=times, X=hole)


# Folders in the published layouts; the values of each split begin with another hundred.
def layout(folder, **splits):
    (here / folder).mkdir(exist_ok=True)
    for hundred, (name, (t, shape)) in enumerate(splits.items()):
        np.savez(here / folder / name, t=t, X=100 * hundred + ramp(*shape))


def describe(folder, name, families):
    text = json.dumps(families, indent=4)
    (here / folder / f"{name}_envs.json").write_text(text + "\n")


flat = times
layout(
    "flat",  # as Lotka-Volterra
    train_data=(flat, (3, 2, 4, 2)),
    test_data=(flat, (3, 1, 4, 2)),
    adapt_train=(flat, (2, 1, 4, 2)),
    adapt_test=(flat, (2, 2, 4, 2)),
)
layout(
    "ood",  # as Sel'kov
    train=(flat, (2, 1, 4, 3)),
    test=(flat, (2, 1, 4, 3)),
    ood_train=(flat, (1, 1, 4, 3)),
    ood_test=(flat, (1, 2, 4, 3)),
)
grids = np.stack([0.06 * np.arange(4), 0.08 * np.arange(4)])
layout(
    "per_family",  # as ODEBench
    train=(grids, (2, 3, 2, 4, 2)),
    test=(grids, (2, 3, 1, 4, 2)),
    adapt_train=(grids, (2, 1, 1, 4, 2)),
    adapt_test=(grids, (2, 1, 2, 4, 2)),
)
describe(
    "per_family",
    "train",
    {
        "25": [{"c0": 3.6, "c1": 0.34}, {"c0": 3.6, "c1": 0.52}, {"c0": 5.4, "c1": 0.34}],
        "24": [{"c0": 1.68}, {"c0": 2.1}, {"c0": 2.52}],
    },
)
# Published environments of support and query differ like this.
describe("per_family", "adapt_train", {"25": [{"c0": 3.6, "c1": 0.52}], "24": [{"c0": 1.89}]})
describe("per_family", "adapt_test", {"25": [{"c0": 4.2, "c1": 0.4}], "24": [{"c0": 1.89}]})
