"""Cross-entropy, each margin with learned prototypes, dot-regression over a simplex, and classifiers made after training:
values, gradients, first and second order.

Left out: cosines at +-1 and vectors of length 0, where our choices are documented and PyTorch has none.
"""

import math

import torch
import torch.nn.functional as F

from .margins import DEFAULTS, logits, own_margins, plain, target_angle
from .record import packed

N, C, D = 9, 4, 3
WEIGHT = [1.5, 0.5, 2.0, 1.0]
SIZES = [120, 3, 40, 1]

RUNS = [  # margin, options, number of updates before
    ("softmax", {}, 0),
    ("softmax", {"reduction": "sum", "weight": WEIGHT}, 0),
    ("softmax", {"bias": True, "reduction": "none"}, 0),
    ("normFace", {}, 0),
    ("normFace", {"s": 16.0, "reduction": "none", "weight": WEIGHT}, 0),
    ("lSoftmax", {}, 0),
    ("lSoftmax", {"m": 2, "reduction": "none"}, 0),
    ("lSoftmax", {"m": 3, "weight": WEIGHT}, 0),
    ("lSoftmax", {"m": 1, "reduction": "sum"}, 0),
    ("lSoftmax", {"annealing": True, "reduction": "none"}, 40),
    ("sphereFace", {}, 0),
    ("sphereFace", {"reduction": "none"}, 1),
    ("sphereFace", {"weight": WEIGHT}, 30),
    ("sphereFace", {"reduction": "none"}, 500),
    ("sphereFace", {"annealing": False, "m": 3}, 0),
    ("sphereFace", {"annealing": False, "s": 8.0, "reduction": "none"}, 0),
    ("sphereFace", {"annealing": {"lambda0": 100, "lambdaMin": 0.5, "gamma": 0.2, "power": 1.5}, "m": 2}, 20),
    ("cosFace", {}, 0),
    ("cosFace", {"s": 16.0, "m": 0.2, "reduction": "none", "weight": WEIGHT}, 0),
    ("arcFace", {}, 0),
    ("arcFace", {"s": 16.0, "m": 0.2, "reduction": "none"}, 0),
    ("arcFace", {"s": 16.0, "m": 1.2, "beyondPi": "continuous", "reduction": "none", "weight": WEIGHT}, 0),
    ("arcFace", {"s": 8.0, "m": 2.0, "beyondPi": "linear", "reduction": "sum"}, 0),
    ("arcFace", {"s": 8.0, "beyondPi": "continuous"}, 0),
    ("combinedMargin", {}, 0),
    ("combinedMargin", {"s": 16.0, "m1": 1, "m2": 0.9, "m3": 0.1, "beyondPi": "continuous", "reduction": "none"}, 0),
    ("combinedMargin", {"s": 16.0, "m1": 2, "m2": 0.3, "m3": 0.15, "weight": WEIGHT}, 0),
    ("combinedMargin", {"s": 8.0, "m1": 0.9, "m2": 0.4, "m3": 0.0, "reduction": "none"}, 0),
    ("combinedMargin", {"s": 8.0, "m1": 1.5, "m2": 0.6, "m3": 0.1, "reduction": "sum"}, 0),
    ("combinedMargin", {"s": 30.0, "m1": 4, "m2": 0.0, "m3": 0.0}, 0),
    ("cosFace", {"s": 16.0, "m": [0.05, 0.1, 0.3, 0.6], "reduction": "none"}, 0),
    ("arcFace", {"s": 8.0, "m": [0.1, 0.4, 0.8, 1.5], "beyondPi": "linear", "weight": WEIGHT}, 0),
    ("arcFace", {"s": 8.0, "m": [1.5, 0.8, 0.4, 0.1], "beyondPi": "continuous", "reduction": "none"}, 0),
    ("softmax", {"bias": True, "logitAdjustment": {"sizes": SIZES}, "reduction": "none"}, 0),
    ("normFace", {"s": 4.0, "logitAdjustment": {"sizes": SIZES, "tau": 1.5}}, 0),
    ("cosFace", {"s": 8.0, "m": 0.2, "focalGamma": 2.0, "reduction": "none"}, 0),
    ("sphereFace", {"focalGamma": 0.5, "weight": WEIGHT, "logitAdjustment": {"sizes": SIZES, "tau": 0.5}}, 30),
    ("normFace", {"s": "norm", "reduction": "none"}, 0),
    ("cosFace", {"s": "norm", "m": 0.35}, 0),
    ("arcFace", {"s": "norm", "weight": WEIGHT}, 0),
    ("combinedMargin", {"s": "norm", "reduction": "none"}, 0),
    ("sphereFace", {"s": "norm", "annealing": {"lambda0": 10, "lambdaMin": 10, "gamma": 0}}, 3),
    ("softmax", {"pull": 0.5, "reduction": "sum"}, 0),
    ("cosFace", {"s": 16.0, "pull": 2.0}, 0),
    ("sphereFace", {"pull": 1.0, "weight": WEIGHT}, 7),
    ("arcFace", {"s": 8.0, "pull": 3.0, "focalGamma": 2.0, "reduction": "none", "weight": WEIGHT}, 0),
    ("sphereFaceR", {}, 0),
    ("sphereFaceR", {"s": 8.0, "m": 1.4, "reduction": "none", "weight": WEIGHT}, 0),
    ("sphereFaceR", {"s": 8.0, "m": 2.6, "clamped": False, "reduction": "sum"}, 0),
    ("sphereFaceR", {"s": "norm", "m": 1.8, "clamped": False, "reduction": "none"}, 0),
    ("cosFace", {"s": 16.0, "weight": WEIGHT, "deferredSteps": 3}, 3),
    ("cosFace", {"s": 16.0, "weight": WEIGHT, "deferredSteps": 3, "focalGamma": 2.0}, 4),
]
AFTER = [  # tau-normalised weights and logits adjusted after training: options of each
    ("tauNormalized", {"tau": 1.0}),
    ("tauNormalized", {"tau": 0.3}),
    ("adjustedLogits", {"sizes": SIZES}),
    ("adjustedLogits", {"sizes": SIZES, "tau": 1.5}),
]


def cases(family):
    for classes, weight in [(4, None), (4, WEIGHT), (1, None)]:
        for reduction in ("mean", "sum", "none"):
            options = {"reduction": reduction} | ({} if weight is None else {"weight": weight})
            y = {"y": family.integers(0, classes - 1, N)}
            z = family.grid(N, classes, low=-8, high=8)
            loss = lambda z, y, o=options: reduced(z, y, o)
            family.record("crossEntropy", loss, {"z": z}, options, constants=y, tiny=classes == 1)
    for margin, options, updates in RUNS:
        margin_loss(family, margin, options, updates)
    for name, options in AFTER:
        after_training(family, name, options)
    for options in ({}, {"reduction": "none", "weight": WEIGHT}):
        dot_regression(family, options)


def after_training(family, name, options):
    if name == "tauNormalized":
        family.record(name, lambda W: W / W.norm(dim=1, keepdim=True) ** options["tau"], {"W": family.grid(C, D)}, options)
    else:
        taken = {"logitAdjustment": {**options, "tau": -options.get("tau", 1)}}
        family.record(name, lambda z: adjusted(z, taken), {"z": family.grid(N, C)}, options)


def dot_regression(family, options):
    y = family.integers(0, C - 1, N)
    W = simplex(family)
    loss = lambda x, W, y: averaged((F.cosine_similarity(x, W[y], dim=1) - 1) ** 2 / 2, y, options)
    family.record("dotRegression", loss, {"x": family.grid(N, C)}, options, constants={"W": W, "y": y})


def simplex(family):
    """The vertices as the authors of dot-regression have them, W^T = sqrt(C / (C - 1)) U (I - 1 1^T / C)."""
    U = torch.linalg.qr(family.grid(C, C))[0]
    return (math.sqrt(C / (C - 1)) * U @ (torch.eye(C) - 1 / C)).T


def reduced(z, y, options):
    weight = options.get("weight")
    weight = None if weight is None else torch.tensor(weight)
    reduction, gamma = options.get("reduction", "mean"), options.get("focalGamma", 0)
    if not gamma:
        return F.cross_entropy(z, y, weight, reduction=reduction)
    p = F.softmax(z, dim=1).gather(1, y[:, None])[:, 0]
    return averaged(-((1 - p) ** gamma) * torch.log(p), y, options)


def averaged(losses, y, options):
    """The losses[N] weighted by class and reduced."""
    v = torch.tensor(options.get("weight", [1.0] * C))[y]
    weighted = v * losses
    return {"none": weighted, "sum": weighted.sum(), "mean": weighted.sum() / v.sum()}[options.get("reduction", "mean")]


def squared_chords(x, W, y):
    """The squared distance of each x from its w on the unit sphere."""
    return ((F.normalize(x, dim=1) - F.normalize(W[y], dim=1)) ** 2).sum(1)


def adjusted(z, options):
    """z_j + tau ln pi_j."""
    adjustment = options.get("logitAdjustment")
    if adjustment is None:
        return z
    n = torch.tensor(adjustment["sizes"], dtype=z.dtype)
    return z + adjustment.get("tau", 1) * torch.log(n / n.sum())


def margin_loss(family, margin, options, updates):
    W, y = family.grid(C, D), family.integers(0, C - 1, N)
    x = family.grid(N, D)
    x[-3:] = 0.25 * family.grid(3, D) - W[y[-3:]]  # nearly opposite their prototypes, past pi, whatever the margin
    x[-6:-3] = 0.25 * family.grid(3, D) + W[y[-6:-3]]  # and near them
    reaches(margin, target_angle(x, W, y), own_margins({**DEFAULTS[margin], **options}, y))
    counted = {k: v for k, v in options.items() if k != "weight" or updates > options.get("deferredSteps", -1)}

    def loss(x, W, y, b=0.0):
        z = adjusted(logits(margin, x, W, y, options, updates) + b, options)
        return reduced(z, y, counted) + options.get("pull", 0) * averaged(squared_chords(x, W, y), y, counted)

    inputs = {"x": x, "W": W} | ({"b": family.grid(C)} if options.get("bias") else {})
    row = family.record(margin, loss, inputs, options, constants={"y": y})
    row["updates"] = updates
    row["logits"] = packed(plain(margin, x, W, options) + inputs.get("b", 0.0))


def reaches(margin, theta, o):
    """Both sides of pi are there."""
    last = {"arcFace": lambda: math.pi - o["m"], "combinedMargin": lambda: (math.pi - o["m2"]) / o["m1"]}
    if margin in last and torch.as_tensor(last[margin]() < math.pi).all():
        assert (theta > last[margin]()).any() and (theta < last[margin]()).any()
    if margin in ("lSoftmax", "sphereFace"):
        assert len(torch.floor(theta * o["m"] / math.pi).unique()) > min(1, o["m"] - 1)
