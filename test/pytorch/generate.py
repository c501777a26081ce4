"""Writes cases/*.jsonl, one case a line: what PyTorch computes in float64, for the tests beside it to replay.

    python3 test/pytorch/generate.py        # Debian's python3-torch; the same bytes on every run of one machine: other processors round last digits otherwise

Floats are written as the shortest decimals that read back as the same float64 (17 significant digits at most).
Each family has a seed of its own, so that a case added to one leaves the files of the others as they are.
"""

import json
import pathlib
import sys

import torch

sys.dont_write_bytecode = True
from generator import activations, adaptive, centres, elementwise, faces, images, losses, movement, nets, optimizers, padded, pairs, products, reductions, schedules, smoothing, windows
from generator.record import Family

FAMILIES = [elementwise, reductions, movement, products, windows, optimizers, nets, losses, centres, faces, smoothing, pairs, activations, padded, schedules, images, adaptive]
CASES = pathlib.Path(__file__).parent / "cases"


def main():
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    CASES.mkdir(exist_ok=True)
    for seed, module in enumerate(FAMILIES):
        family = Family(seed)
        module.cases(family)
        name = module.__name__.split(".")[-1]
        lines = [json.dumps(row, separators=(",", ":"), allow_nan=False) for row in family.rows]
        (CASES / f"{name}.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
