"""Holds the .onnx files of a folder against ONNX's own checker, shapes too: `checker.py FOLDER`. Needs the package onnx.

An older package knows no opset of today: what asks for one that it has not is counted and said, by kind.
"""

import collections
import pathlib
import sys

import onnx

newest = onnx.defs.onnx_opset_version()
counts, later = collections.Counter(), collections.Counter()
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    kind = path.stem.split("-")[0]
    model = onnx.load(str(path))
    opset = model.opset_import[0].version
    if opset > newest:
        later[f"{kind} (opset {opset})"] += 1
        continue
    onnx.checker.check_model(model, full_check=True)
    counts[f"opset {opset}, format {model.ir_version}"] += 1
if not counts:
    sys.exit("no file was checked")
for what, n in counts.items():
    print(f"onnx {onnx.__version__}: {n} files of {what} checked")
for what, n in later.items():
    print(f"later than opset {newest}, not checked: {n} of {what}")
