"""NumPy archives without NumPy."""

import io
import struct
import zipfile


def npz(**arrays):
    """The bytes of an archive; an array is (shape, numbers)."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name, (shape, numbers) in arrays.items():
            head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
            head = head.ljust(117) + "\n"
            bytes_ = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode()
            file.writestr(f"{name}.npy", bytes_ + struct.pack(f"<{len(numbers)}d", *numbers))
    return archive.getvalue()
