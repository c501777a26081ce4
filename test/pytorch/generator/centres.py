"""Class centres as prototypes: several updates of each rule in a loop over samples, the loss after each, and its
gradient in x. What `usePreviousCenters`, `cumulativeMean`, `differentiate` and `subtractMean` mean is LOSSES' definition, restated here."""

import torch
import torch.nn.functional as F

from .margins import NORMS, logits
from .record import packed

C, D, N, STEPS = 5, 3, 8, 4
# y of each step: class 4 is absent at first, class 3 comes once, a batch of one class
LABELS = [[0, 0, 1, 2, 1, 0, 2, 0], [4, 1, 1, 0, 2, 2, 2, 4], [3, 1, 0, 0, 0, 1, 4, 2], [2] * 8]

RUNS = [  # loss, options
    ("irNormFace", {"s": 16.0}),
    ("irCosFace", {"s": 16.0, "m": 0.2, "alpha": 0.3}),
    ("irArcFace", {"s": 16.0, "m": 0.2, "usePreviousCenters": True}),
    ("irSoftmax", {"alpha": 0.25}),
    ("irSoftmax", {"subtractMean": False, "usePreviousCenters": True, "cumulativeMean": True}),
    ("irSphereFace", {}),
    ("irSphereFace", {"s": 16.0, "subtractMean": False, "alpha": 0.5}),
    ("irLSoftmax", {"m": 2, "subtractMean": False}),
    ("irCombinedMargin", {"s": 16.0, "m1": 1, "m2": 0.2, "m3": 0.1}),
    ("irNormFace", {"s": 16.0, "cumulativeMean": True, "usePreviousCenters": True, "alpha": 0.3}),
    ("irCosFace", {"s": 16.0, "m": 0.2, "cumulativeMean": True, "alpha": 0.3}),
    ("irCosFace", {"s": 16.0, "m": 0.2, "estimator": "centerLoss"}),
    ("irSoftmax", {"estimator": "centerLoss", "alpha": 0.2, "subtractMean": False, "usePreviousCenters": True}),
    ("irCosFace", {"s": 16.0, "m": 0.2, "estimator": "exact"}),
    ("irNormFace", {"s": 16.0, "differentiate": True}),
    ("irSoftmax", {"differentiate": True, "cumulativeMean": True, "alpha": 0.2}),
    ("irCosFace", {"s": 16.0, "m": 0.2, "differentiate": True, "estimator": "centerLoss", "subtractMean": False}),
]
RULE = {"estimator", "alpha", "subtractMean", "usePreviousCenters", "cumulativeMean", "differentiate"}


def cases(family):
    for name, options in RUNS:
        run(family, name, options, options)
    for options in ({}, {"alpha": 0.2}):
        rule = {"estimator": "centerLoss", "subtractMean": False, "usePreviousCenters": True}
        run(family, "centerLoss", options, {**options, **rule})


def of_class(z, y, j):
    return torch.stack([z[i] for i in range(len(y)) if y[i] == j]) if (y == j).any() else None


def moved(c, visits, z, y, options):
    """The centres after a batch: a row a class. `visits` counts this batch too."""
    rows = []
    for j in range(C):
        mine = of_class(z, y, j)
        if mine is None:
            rows.append(c[j])
        elif options.get("estimator") == "centerLoss":
            pull = (c[j] - mine).sum(0) / (1 + len(mine))
            rows.append(c[j] - options.get("alpha", 0.5) * pull)
        else:
            rate = options.get("alpha", 0.1)
            if options.get("cumulativeMean"):
                rate = max(rate, len(mine) / visits[j])
            rows.append((1 - rate) * c[j] + rate * mine.mean(0))
    return torch.stack(rows)


def prototypes(c, options):
    return F.normalize(c - c.mean(0), dim=1) if options.get("subtractMean", True) else c


def loss_over(name, x, W, y, options, t):
    if name == "centerLoss":
        return ((x - W[y]) ** 2).sum(1) / 2
    own = {key: value for key, value in options.items() if key not in RULE}
    return F.cross_entropy(logits(margin_of(name), x, W, y, own, t), y, reduction="none")


def margin_of(name):
    return name[2].lower() + name[3:]


def run(family, name, stated, options):
    start = family.grid(C, D)
    c, visits = start.clone(), [0] * C
    keeps_x = name == "centerLoss" or (NORMS[margin_of(name)][0] and "s" not in options)
    averaged = lambda x: x if keeps_x else F.normalize(x, dim=1)  # embeddings without a norm average as directions
    steps = []
    for t in range(STEPS):
        x, y = family.grid(N, D).requires_grad_(), torch.tensor(LABELS[t])
        visits = [n + LABELS[t].count(j) for j, n in enumerate(visits)]
        before = c
        if options.get("estimator") != "exact":
            c = moved(before, visits, averaged(x), y, options).detach()
        seen = before if options.get("usePreviousCenters") else c
        if options.get("differentiate"):
            seen = moved(before, visits, averaged(x), y, options)
        z = loss_over(name, x, prototypes(seen, options), y, options, t + 1)
        dz = family.grid(N)
        step = {"x": x, "z": z, "dz": dz, "grad": torch.autograd.grad(z, x, dz)[0], "W": prototypes(c, options)}
        steps.append({"y": LABELS[t], **{key: packed(value) for key, value in step.items()}})
        if options.get("estimator") == "exact":
            steps[-1]["refreshed"], c = refreshed(family, c, averaged, options)
    family.rows.append({"op": name, "options": stated, "start": packed(start), "steps": steps})


def refreshed(family, c, averaged, options):
    """The whole training set is 20 embeddings here, class 0 not among them."""
    x, y = family.grid(20, D), family.integers(1, C - 1, 20)
    means = [of_class(averaged(x), y, j) for j in range(C)]
    c = torch.stack([c[j] if mine is None else mine.mean(0) for j, mine in enumerate(means)])
    return {"x": packed(x), "y": y.tolist(), "W": packed(prototypes(c, options))}, c
