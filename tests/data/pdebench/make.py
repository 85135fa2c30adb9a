"""Makes the files beside it with h5py: python3 make.py (written by h5py 3.7.0, HDF5 1.10.8).

The forms are those of PDEBench's generators (gen_diff_sorp.py, Data_Merge.py). A field is
u(t, x) = (1 + 10 sample + level) / 100 + cell / 1000, five levels to 20 s, eight cells over 1 m.
"""

import pathlib

import h5py
import numpy as np

here = pathlib.Path(__file__).parent
LEVELS, CELLS = 5, 8
T = np.linspace(0, 20, LEVELS).astype(np.float32)
X = ((np.arange(CELLS) + 0.5) / CELLS).astype(np.float32)


def field(sample):
    level, cell = np.meshgrid(np.arange(LEVELS), np.arange(CELLS), indexing="ij")
    return ((1 + 10 * sample + level) / 100 + cell / 1000).astype(np.float32)


def sample_group(file, sample, data=None, x=X, t=T, **storage):
    group = file.create_group(f"{sample:04}")
    data = field(sample)[..., None] if data is None else data
    group.create_dataset("data", data=data, dtype="float32", **storage)
    group.create_dataset("grid/x", data=x, dtype="float32", **storage)
    group.create_dataset("grid/t", data=t, dtype="float32", **storage)
    group.attrs["config"] = f"sim:\n  seed: {sample}\n"


def samples(name, numbers, **options):
    with h5py.File(here / name, "w") as file:
        for sample in numbers:
            sample_group(file, sample, **options)


def tensor(name, count, t=T, **storage):
    with h5py.File(here / name, "w") as file:
        data = np.stack([field(sample) for sample in range(count)])
        file.create_dataset("tensor", data=data, **storage)
        file.create_dataset("x-coordinate", data=X)
        file.create_dataset("t-coordinate", data=t)


def changed(place, value):
    data = field(1)[..., None].copy()
    data[place] = value
    return data


samples("samples_lzf.h5", (0, 1, 3), compression="lzf")  # 2 is missing
samples("samples_lzf_shuffle.h5", (0,), compression="lzf", shuffle=True)
samples("samples_gzip.h5", (0, 1), compression="gzip")
tensor("tensor.h5", 3)
tensor("tensor_longer_t.h5", 2, t=np.linspace(0, 25, LEVELS + 1).astype(np.float32))
tensor("tensor_short_t.h5", 2, t=T[:-1])

samples("nan.h5", (1,), data=changed((2, 3, 0), np.nan), compression="lzf")
samples("negative.h5", (1,), data=changed((4, 7, 0), -2e-6), compression="lzf")
samples("barely_negative.h5", (1,), data=changed((4, 7, 0), -9e-7), compression="lzf")
samples("two_channels.h5", (0,), data=np.ones((LEVELS, CELLS, 2)))
samples("plane.h5", (0,), data=np.ones((LEVELS, 4, 4, 1)))
samples("uneven_x.h5", (0,), x=X**2)
samples("late_t.h5", (0,), t=T + 5)

with h5py.File(here / "two_grids.h5", "w") as file:
    sample_group(file, 0)
    sample_group(file, 1, t=2 * T)
with h5py.File(here / "never_written.h5", "w") as file:  # the middle row has no chunk
    rows = file.create_dataset("tensor", (3, LEVELS, CELLS), "float32", chunks=(1, LEVELS, CELLS))
    rows[0], rows[2] = field(0), field(2)
    file.create_dataset("x-coordinate", data=X)
    file.create_dataset("t-coordinate", data=T)
with h5py.File(here / "other.h5", "w") as file:
    file.create_dataset("density", data=np.ones((2, 3)))

# Long repeats pack by more than a hundredth, noise not at all: both ends of the filter. The noise sums
# up to 972.3138682171702.
with h5py.File(here / "packing.h5", "w") as file:
    noise = np.random.default_rng(0).random((40, 40)).astype(np.float32) + 0.1
    for sample, data in ((0, np.full((40, 40), 0.25, np.float32)), (1, noise)):
        sample_group(file, sample, data[..., None], x=(np.arange(40) + 0.5) / 40,
                     t=np.arange(40), compression="lzf")
