"""NumPy archives without NumPy."""

import io
import itertools
import math
import struct
import zipfile

CODES = {"f4": "f", "f8": "d", "i2": "h", "i4": "i"}


def columns_first(shape, numbers):
    """Numbers in the order of Fortran: the first axis is the fastest."""
    strides = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
    backwards = itertools.product(*(range(length) for length in reversed(shape)))
    return [numbers[sum(i * s for i, s in zip(reversed(at), strides))] for at in backwards]


def array(content):
    """Type, whether Fortran's order, shape and bytes of (shape, numbers[, type[, Fortran's order]]), or of
    a list of texts."""
    if isinstance(content, list):
        width = max(len(text) for text in content)
        bytes_ = b"".join(text.ljust(width, "\0").encode("utf-32-le") for text in content)
        return f"<U{width}", False, (len(content),), bytes_
    shape, numbers, kind, fortran = (*content, *("<f8", False)[len(content) - 2 :])
    if fortran:
        numbers = columns_first(shape, numbers)
    return kind, fortran, shape, struct.pack(f"{kind[0]}{len(numbers)}{CODES[kind[1:]]}", *numbers)


def npz(packed=False, **arrays):
    """The bytes of an archive; an array is as array() takes it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as file:
        for name, content in arrays.items():
            kind, fortran, shape, bytes_ = array(content)
            head = f"{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': {shape}, }}"
            head = head.ljust(117) + "\n"
            start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode()
            file.writestr(f"{name}.npy", start + bytes_)
    return archive.getvalue()
