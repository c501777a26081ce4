"""Cross-entropy with label smoothing, of several dimensions, and with labels that are left out."""

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
    targets(family, weight)


def targets(family, weight):
    """z[N,C,d1,..], of which some labels are ignored: -100, a class, and none of those that there are."""
    for inner, ignored, options in (
        ((), -100, {}),
        ((), 2, {"reduction": "none", "weight": weight}),
        ((3,), None, {}),
        ((2, 3), None, {"reduction": "none"}),
        ((2, 3), -100, {"weight": weight}),
        ((3,), 1, {"reduction": "sum", "labelSmoothing": 0.2}),
        ((2, 2), -1, {"labelSmoothing": 0.1, "weight": weight}),
        ((3,), -100, {"reduction": "none", "labelSmoothing": 0.3}),
        ((2,), 7, {}),
    ):
        y = family.integers(0, C - 2, N, *inner)
        if ignored is not None and ignored < 0:
            y[torch.randperm(N, generator=family.rng)[:2]] = ignored
        options = options if ignored is None else {**options, "ignoreIndex": ignored}
        v = torch.tensor(options["weight"]) if "weight" in options else None
        loss = lambda z, y: F.cross_entropy(
            z,
            y,
            v,
            reduction=options.get("reduction", "mean"),
            ignore_index=-100 if ignored is None else ignored,
            label_smoothing=options.get("labelSmoothing", 0.0),
        )
        family.record("crossEntropy", loss, {"z": family.grid(N, C, *inner)}, options, constants={"y": y})
