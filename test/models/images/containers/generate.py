"""Containers of four small PNG images, written by Python and NumPy; `python3 generate.py` writes them into cases/ again."""

import io
import json
import pathlib
import pickle
import struct
import tarfile
import zlib

import numpy as np

CASES = pathlib.Path(__file__).parent / "cases"
HEIGHT, WIDTH = 3, 4


def png(pixels):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write_rec(name, records):
    """By include/dmlc/recordio.h: no record of these holds the magic number."""
    with open(CASES / f"{name}.rec", "wb") as rec, open(CASES / f"{name}.idx", "w") as idx:
        for key, content in records:
            idx.write(f"{key}\t{rec.tell()}\n")
            rec.write(struct.pack("<II", 0xCED7230A, len(content)) + content + b"\0" * (-len(content) % 4))


def packed(label, key, image=b""):
    """As mxnet.recordio.pack."""
    if isinstance(label, (list, tuple)):
        return struct.pack("IfQQ", len(label), 0, key, 0) + np.asarray(label, np.float32).tobytes() + image
    return struct.pack("IfQQ", 0, label, key, 0) + image


rng = np.random.default_rng(0)
pixels = rng.integers(0, 256, (4, HEIGHT, WIDTH, 3), dtype=np.uint8)
images = [png(image) for image in pixels]
same = [True, False]

CASES.mkdir(exist_ok=True)
(CASES / "pixels.json").write_text(json.dumps([image.ravel().tolist() for image in pixels]))

for protocol in range(6):
    with open(CASES / f"bytes{protocol}.bin", "wb") as file:
        pickle.dump((images, same), file, protocol=protocol)
    with open(CASES / f"arrays{protocol}.bin", "wb") as file:
        columns = [np.frombuffer(image, np.uint8)[:, None].copy() for image in images]
        pickle.dump((columns, np.array(same)), file, protocol=protocol)
# As NumPy 1 names its functions, which NumPy 2 has moved.
moved = (CASES / "arrays2.bin").read_bytes().replace(b"numpy._core.", b"numpy.core.")
(CASES / "numpy1.bin").write_bytes(moved)

labels = [5, 5, 8, 8]
records = [(k + 1, packed([float(labels[k]), 1.0], k + 1, images[k])) for k in range(4)]
write_rec("train", records + [(0, packed([5, 7], 0)), (5, packed([1, 3], 5)), (6, packed([3, 5], 6))])

for name, form in [("pax", tarfile.PAX_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("ustar", tarfile.USTAR_FORMAT)]:
    with tarfile.open(CASES / f"{name}.tar", "w", format=form) as tar:
        for k, image in enumerate(images):
            for ending, body in [("png", image), ("cls", str(labels[k]).encode())]:
                entry = tarfile.TarInfo(f"{'identity' * 10}/{'image' * 10}{k}.{ending}")
                entry.size, entry.mtime = len(body), 1700000000.5 if name == "pax" else 1700000000
                tar.addfile(entry, io.BytesIO(body))

feature = np.array([0.5, -1.25, 3e-8], np.float32)
with open(CASES / "feature.bin", "wb") as file:
    file.write(struct.pack("4i", 3, 1, 4, 5) + feature.tobytes())
