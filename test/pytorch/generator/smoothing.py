"""Cross-entropy with label smoothing."""

import torch
import torch.nn.functional as F

C, N = 4, 5


def cases(family):
    weight = [0.5, 2.0, 1.25, 0.0]
    for options in (
        {"labelSmoothing": 0.1},
        {"labelSmoothing": 0.25, "reduction": "sum", "weight": weight},
        {"labelSmoothing": 1.0, "reduction": "none", "weight": weight},
        {"labelSmoothing": 0.1, "weight": weight},
    ):
        v = torch.tensor(options["weight"]) if "weight" in options else None
        loss = lambda z, y: F.cross_entropy(
            z, y, v, reduction=options.get("reduction", "mean"), label_smoothing=options["labelSmoothing"]
        )
        y = family.integers(0, C - 2, N)
        family.record("crossEntropy", loss, {"z": family.grid(N, C)}, options, constants={"y": y})
