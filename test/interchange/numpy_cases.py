"""Writes cases/numpy.jsonl: files of numpy.save and what is in them, for npy.test.ts beside this to read.

    python3 test/interchange/numpy_cases.py      # needs numpy alone (Debian: python3-numpy); the same bytes on every run

A row is {name, file, shape, kind, values}: the file in base64, and its elements row-major, integers as texts since JSON has
no int64, floats as float64, "nan", "inf" and "-inf" as texts. The last row has the SHA-256 of all 65,536 numbers of
float16 as float32, NaN as 0.
"""

import base64
import hashlib
import io
import json
import pathlib

import numpy as np

CASES = pathlib.Path(__file__).parent / "cases"
SHAPES = [(), (3,), (2, 3), (2, 1, 3), (0, 2)]
ORDERS = "<>="


def written(array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return file.getvalue()


def values_of(dtype, n, rng):
    """Numbers of all of the dtype's range; of wide integers, of int32's, since more is refused (see below)."""
    kind = np.dtype(dtype).kind
    if kind == "b":
        return rng.integers(0, 2, n).astype(bool)
    if kind in "iu":
        info = np.iinfo(dtype)
        low, high = max(info.min, -(2**31)), min(info.max, 2**31 - 1)
        return np.concatenate([[low, high], rng.integers(low, high, n, endpoint=True)])[:n].astype(dtype)
    info = np.finfo(dtype)
    ends = np.array([info.smallest_subnormal, -info.max, np.inf, -np.inf, np.nan, -0.0], dtype)
    return np.concatenate([rng.choice(ends, 2), rng.standard_normal(n).astype(dtype)])[:n]


def number(x):
    if isinstance(x, (bool, np.bool_)):
        return str(int(x))
    if isinstance(x, int):
        return str(x)
    return x if np.isfinite(x) else str(x)


def row(name, array, version=None):
    flat = [number(x) for x in array.ravel(order="C").tolist()]
    kind = array.dtype.newbyteorder("=").name
    file = base64.b64encode(written(array, version)).decode()
    return {"name": name, "file": file, "shape": list(array.shape), "kind": kind, "values": flat}


def rows():
    rng = np.random.default_rng(0)
    codes = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
    for turn, code in enumerate(codes):
        # NumPy writes the native order where told "=", and none for single bytes.
        for order in ORDERS if int(code[1]) > 1 else "|":
            for i, shape in enumerate(SHAPES):
                dtype = np.dtype(order + code)
                array = values_of(dtype, int(np.prod(shape)), rng).astype(dtype).reshape(shape)
                fortran = np.asfortranarray(array) if len(shape) > 1 and (i + turn) % 2 else array
                layout = "F" if fortran is not array else "C"
                version = [(1, 0), (2, 0), (3, 0)][i % 3]
                yield row(f"{order}{code}{list(shape)} {layout} v{version[0]}", fortran, version)
    yield row("int64 beyond int32", np.array([[1, 2], [3, 2**31]]))
    yield row("uint64 beyond int64", np.array([1, 2**64 - 1], np.uint64))
    for name, array in {
        "records": np.zeros(2, [("a", "<f4"), ("b", "<i8")]),
        "complex": np.zeros(2, np.complex64),
        "text": np.array(["a", "bc"]),
        "bytes": np.array([b"a", b"bc"]),
        "dates": np.array(["2020-01-01"], "M8[D]"),
        "long double": np.zeros(1, np.longdouble),
        "objects": np.array([1, "a"], object),
    }.items():
        yield {"name": f"refused: {name}", "file": base64.b64encode(written(array)).decode()}
    halves = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32)
    halves[np.isnan(halves)] = 0
    yield {"name": "all of float16", "sha256": hashlib.sha256(halves.tobytes()).hexdigest()}


if __name__ == "__main__":
    (CASES / "numpy.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows()))
