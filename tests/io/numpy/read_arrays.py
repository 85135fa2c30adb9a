"""NumPy sees names, types, shapes and every bit of the values that Tessera wrote."""

import sys
import zipfile

import numpy as np

folder = sys.argv[1]
with zipfile.ZipFile(f"{folder}/arrays.npz") as archive:
    assert archive.testzip() is None
    assert all(entry.compress_type == zipfile.ZIP_STORED for entry in archive.infolist())
arrays = np.load(f"{folder}/arrays.npz", allow_pickle=False)
assert sorted(arrays.files) == ["X", "empty", "number", "special", "t"], arrays.files
for name in arrays.files:
    array = arrays[name]
    assert array.dtype == np.dtype("<f8") and array.flags.c_contiguous, name
assert arrays["number"].shape == () and arrays["number"] == 0.1
assert arrays["empty"].shape == (0, 3)
assert arrays["t"].tolist() == [i / 3 for i in range(5)]
assert np.array_equal(arrays["X"], np.arange(48).reshape(2, 3, 4, 2) / 3)
assert arrays["special"].tobytes() == np.array([-0.0, 5e-324, np.inf]).tobytes()
print("NumPy read the arrays")
