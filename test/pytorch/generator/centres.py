"""Class centres as prototypes: several updates of each rule in a loop over samples, the loss after each, and its
gradient in x; and learned weights blended with the latest sample. What `usePreviousCenters`, `cumulativeMean`, `differentiate` and `subtractMean` mean is LOSSES' definition, restated here."""

import torch
import torch.nn.functional as F

from .losses import squared_chords
from .margins import logits
from .record import packed

C, D, N, STEPS = 5, 3, 8, 4
# y of each step: class 4 is absent at first, class 3 comes once, a batch of one class
LABELS = [[0, 0, 1, 2, 1, 0, 2, 0], [4, 1, 1, 0, 2, 2, 2, 4], [3, 1, 0, 0, 0, 1, 4, 2], [2] * 8]

RUNS = [  # loss, options
    ("irNormFace", {}),
    ("irCosFace", {"m": 0.2, "alpha": 0.3, "pull": 2.0}),
    ("irArcFace", {"s": 16.0, "m": 0.2, "usePreviousCenters": True}),
    ("irSoftmax", {"alpha": 0.25}),
    ("irSoftmax", {"subtractMean": False, "usePreviousCenters": True, "cumulativeMean": True}),
    ("irSphereFace", {}),
    ("irSphereFace", {"s": 16.0, "subtractMean": False, "alpha": 0.5}),
    ("irLSoftmax", {"m": 2, "subtractMean": False}),
    ("irCombinedMargin", {"s": 16.0, "m1": 1, "m2": 0.2, "m3": 0.1}),
    ("irNormFace", {"s": 16.0, "cumulativeMean": True, "usePreviousCenters": True, "alpha": 0.3, "pull": 0}),
    ("irCosFace", {"s": 16.0, "m": 0.2, "cumulativeMean": True, "alpha": 0.3}),
    ("irCosFace", {"s": 16.0, "m": 0.2, "estimator": "centerLoss"}),
    ("irSoftmax", {"estimator": "centerLoss", "alpha": 0.2, "subtractMean": False, "usePreviousCenters": True}),
    ("irCosFace", {"s": 16.0, "m": 0.2, "estimator": "exact"}),
    ("irNormFace", {"s": 16.0, "differentiate": True}),
    ("irSoftmax", {"differentiate": True, "cumulativeMean": True, "alpha": 0.2}),
    ("irCosFace", {"s": 16.0, "m": 0.2, "differentiate": True, "estimator": "centerLoss", "subtractMean": False}),
    ("irSoftmax", {"bias": True, "subtractMean": False, "pull": 0.5}),
    ("irCosFace", {"s": 16.0, "estimator": "sphere", "subtractMean": False, "usePreviousCenters": True}),
    ("irArcFace", {"s": "norm", "estimator": "sphere", "alpha": 0.5, "batchMean": True, "pull": 1.0}),
    ("irNormFace", {"s": 16.0, "estimator": "sphere", "alpha": 0.2, "momentum": 0.9, "subtractMean": False}),
    ("irNormFace", {"s": 16.0, "estimator": "sphere", "alpha": 1.5, "batchMean": True, "momentum": 0.5}),
    ("irCosFace", {"s": 16.0, "estimator": "sphere", "alpha": 0.3, "differentiate": True, "subtractMean": False}),
    ("irCosFace", {"s": 16.0, "estimator": "accumulate", "subtractMean": False, "usePreviousCenters": True}),
    ("irNormFace", {"s": 16.0, "estimator": "accumulate", "differentiate": True}),
    ("irCosFace", {"s": 16.0, "estimator": "empirical", "subtractMean": False}),
    ("irArcFace", {"s": 16.0, "estimator": "empirical", "differentiate": True}),
    ("irCosFace", {"s": 16.0, "estimator": "memoryBank", "window": 3, "usePreviousCenters": True}),
    ("irNormFace", {"s": 16.0, "estimator": "memoryBank", "window": 1, "usePreviousCenters": True}),
    ("irNormFace", {"s": 16.0, "estimator": "memoryBank", "window": 2, "differentiate": True}),
    ("irSoftmax", {"preset": "paper"}),
    ("irNormFace", {"preset": "paper"}),
    ("irLSoftmax", {"preset": "paper"}),
    ("irSphereFace", {"preset": "paper"}),
    ("irCosFace", {"preset": "paper"}),
    ("irArcFace", {"preset": "paper"}),
    ("irCombinedMargin", {"preset": "paper", "pull": 0.25}),
]
BLENDS = [
    ("cosFace", {"s": 16.0, "m": 0.2, "blend": True}),
    ("softmax", {"bias": True, "blend": {"lambda": 0.4, "maxAge": 2}}),
    ("arcFace", {"s": 16.0, "blend": {"maxAge": 1}, "pull": 2.0}),
]
CENTER_BLENDS = [
    ("cosFace", {"s": 16.0, "m": 0.2, "centerBlend": {"sizes": [40, 7, 3, 1, 2]}}),
    ("softmax", {"bias": True, "centerBlend": {"sizes": [9, 2, 1, 30, 5], "k": 4}}),
    ("arcFace", {"s": 16.0, "centerBlend": {"sizes": [1, 2, 3, 4, 5], "k": 2}, "pull": 2.0}),
]
RULE = {
    *("estimator", "alpha", "subtractMean", "usePreviousCenters", "cumulativeMean", "differentiate"),
    *("batchMean", "momentum", "window", "bias", "pull", "blend", "preset"),
}
ON_THE_SPHERE = {"sphere", "accumulate", "empirical"}
LAMBDA_10 = {"annealing": {"lambda0": 10, "lambdaMin": 10, "gamma": 0}}
PAPER = {"estimator": "sphere", "subtractMean": False, "usePreviousCenters": True, "pull": 1.0}
PAPER_OF = {
    "irSoftmax": {"estimator": "ema", "bias": True},
    "irNormFace": {"s": "norm"},
    "irLSoftmax": {"m": 4, **LAMBDA_10},
    "irSphereFace": {"m": 4, "s": "norm", **LAMBDA_10},
    "irCosFace": {"m": 0.35, "s": "norm"},
    "irArcFace": {"m": 0.5, "s": "norm"},
    "irCombinedMargin": {"s": "norm"},
}

RECOMMENDED = {name: {"s": "norm"} for name in ("irNormFace", "irCosFace", "irArcFace", "irCombinedMargin")}


def cases(family):
    for name, options in RUNS:
        preset = {**PAPER, **PAPER_OF[name]} if options.get("preset") == "paper" else RECOMMENDED.get(name, {})
        run(family, name, options, {**preset, **options})
    for options in ({}, {"alpha": 0.2}):
        rule = {"estimator": "centerLoss", "subtractMean": False, "usePreviousCenters": True}
        run(family, "centerLoss", options, {**options, **rule})
    for name, options in BLENDS:
        blend(family, name, options)
    for name, options in CENTER_BLENDS:
        center_blend(family, name, options)


def of_class(z, y, j):
    return torch.stack([z[i] for i in range(len(y)) if y[i] == j]) if (y == j).any() else None


def moved(c, memory, z, y, options):
    """The centres after a batch, a row a class; `memory` has the samples of each class so far, this batch's too."""
    return torch.stack([moved_row(c[j], memory[j], of_class(z, y, j), options) for j in range(C)])


def moved_row(c, memory, mine, options):
    estimator, alpha = options.get("estimator", "ema"), options.get("alpha", 0.1)
    if estimator == "sphere" and options.get("momentum"):
        return F.normalize(c - alpha * memory["velocity"], dim=0)
    if mine is None:
        return c
    if estimator == "centerLoss":
        return c - options.get("alpha", 0.5) * (c - mine).sum(0) / (1 + len(mine))
    if estimator == "sphere":
        return F.normalize(c - alpha * gradient(c, mine, options), dim=0)
    if estimator == "accumulate":
        return F.normalize(c + mine.sum(0), dim=0)
    if estimator == "empirical":
        a = torch.sigmoid(mine @ c)[:, None]
        return F.normalize((a * c + (1 - a) * mine).sum(0), dim=0)
    if estimator == "memoryBank":
        return torch.stack(memory["seen"][-options["window"] :]).mean(0)
    rate = max(alpha, len(mine) / len(memory["seen"])) if options.get("cumulativeMean") else alpha
    return (1 - rate) * c + rate * mine.mean(0)


def gradient(c, mine, options):
    apart = c - mine
    return apart.mean(0) if options.get("batchMean") else apart.sum(0)


def remembered(memory, c, z, y, options):
    """What is known of each class once a batch is in."""
    after = []
    for j, old in enumerate(memory):
        mine = of_class(z, y, j)
        seen = old["seen"] + ([] if mine is None else list(mine))
        g = torch.zeros(D) if mine is None else gradient(c[j], mine, options)
        after.append({"seen": seen, "velocity": options.get("momentum", 0) * old["velocity"] + g})
    return after


def prototypes(c, options):
    return F.normalize(c - c.mean(0), dim=1) if options.get("subtractMean", True) else c


def loss_over(name, x, W, b, y, options, t, c):
    if name == "centerLoss":
        return ((x - W[y]) ** 2).sum(1) / 2
    own = {key: value for key, value in options.items() if key not in RULE}
    losses = F.cross_entropy(logits(margin_of(name), x, W, y, own, t) + b, y, reduction="none")
    return losses + options.get("pull", 0) * squared_chords(x, c, y)


def margin_of(name):
    return name[2].lower() + name[3:] if name.startswith("ir") else name


def run(family, name, stated, options):
    start = family.grid(C, D)
    if options.get("estimator") in ON_THE_SPHERE:
        start = F.normalize(start, dim=1)
    biased = {"b": family.grid(C)} if options.get("bias") else {}
    b = biased.get("b", 0.0)
    c, memory = start.clone(), [{"seen": [], "velocity": torch.zeros(D)} for _ in range(C)]
    averaged = lambda x: x if name == "centerLoss" else F.normalize(x, dim=1)
    steps = []
    for t in range(STEPS):
        x, y = family.grid(N, D).requires_grad_(), torch.tensor(LABELS[t])
        before = c
        entered = remembered(memory, c, averaged(x), y, options)
        through = moved(before, entered, averaged(x), y, options)
        if options.get("estimator") != "exact":
            c = through.detach()
        seen = before if options.get("usePreviousCenters") else c
        if options.get("differentiate"):
            seen = through
        memory = [{"seen": [v.detach() for v in m["seen"]], "velocity": m["velocity"].detach()} for m in entered]
        z = loss_over(name, x, prototypes(seen, options), b, y, options, t + 1, seen)
        dz = family.grid(N)
        step = {"x": x, "z": z, "dz": dz, "grad": torch.autograd.grad(z, x, dz)[0], "W": prototypes(c, options)}
        steps.append({"y": LABELS[t], **{key: packed(value) for key, value in step.items()}})
        if options.get("estimator") == "exact":
            steps[-1]["refreshed"], c = refreshed(family, c, averaged, options)
    given = {"centers": start, **biased}
    family.rows.append({"op": name, "options": stated, "start": {k: packed(v) for k, v in given.items()}, "steps": steps})


def blend(family, name, options):
    """Learned W, blended with the latest sample of a class for as long as that is fresh."""
    setting = {"lambda": 0.15, "maxAge": 200, **(options["blend"] if options["blend"] is not True else {})}
    W = family.grid(C, D).requires_grad_()
    biased = {"b": family.grid(C)} if options.get("bias") else {}
    latest = [None] * C  # the sample, and the step that had it
    steps = []

    def blended(t):
        rows = []
        for j in range(C):
            fresh = latest[j] is not None and t - latest[j][1] <= setting["maxAge"]
            share = setting["lambda"] if fresh else 0.0
            w = F.normalize(W[j], dim=0)
            rows.append(F.normalize((1 - share) * w + share * latest[j][0], dim=0) if fresh else w)
        return torch.stack(rows)

    for t in range(STEPS):
        x, y = family.grid(N, D).requires_grad_(), LABELS[t]
        w = blended(t)
        z = loss_over(name, x, w, biased.get("b", 0.0), torch.tensor(y), options, t + 1, w)
        dz = family.grid(N)
        gradients = torch.autograd.grad(z, [x, W], dz)
        for i, label in enumerate(y):
            latest[label] = (F.normalize(x[i], dim=0).detach(), t)
        step = {"x": x, "z": z, "dz": dz, "grad": gradients[0], "gradW": gradients[1], "W": blended(t + 1)}
        steps.append({"y": y, **{key: packed(value) for key, value in step.items()}})
    given = {"W": W, **biased}
    family.rows.append({"op": name, "options": options, "start": {k: packed(v) for k, v in given.items()}, "steps": steps})


def center_blend(family, name, options):
    """Learned W, blended with the centres from before the batch: moving averages of rate 0.3, plain means at first."""
    setting = {"k": 50, **options["centerBlend"]}
    W, c = family.grid(C, D).requires_grad_(), family.grid(C, D)
    given = {"learned.W": W, "centers.centers": c}
    b = given["learned.b"] = family.grid(C) if options.get("bias") else 0.0
    rule = {"alpha": 0.3, "cumulativeMean": True}
    memory = [{"seen": [], "velocity": torch.zeros(D)} for _ in range(C)]
    steps = []

    def blended():
        rows = []
        for j, n in enumerate(setting["sizes"]):
            a = n / (n + setting["k"])
            rows.append(F.normalize(a * F.normalize(W[j], dim=0) + (1 - a) * F.normalize(c[j], dim=0), dim=0))
        return torch.stack(rows)

    for t in range(STEPS):
        x, y = family.grid(N, D).requires_grad_(), torch.tensor(LABELS[t])
        w = blended()
        z = loss_over(name, x, w, b, y, options, t + 1, w)
        dz = family.grid(N)
        gradients = torch.autograd.grad(z, [x, W], dz)
        unit = F.normalize(x.detach(), dim=1)
        memory = remembered(memory, c, unit, y, rule)
        c = moved(c, memory, unit, y, rule)
        step = {"x": x, "z": z, "dz": dz, "grad": gradients[0], "gradW": gradients[1], "W": blended()}
        steps.append({"y": LABELS[t], **{key: packed(value) for key, value in step.items()}})
    start = {k: packed(v) for k, v in given.items() if torch.is_tensor(v)}
    family.rows.append({"op": name, "options": options, "start": start, "steps": steps})


def refreshed(family, c, averaged, options):
    """The whole training set is 20 embeddings here, class 0 not among them."""
    x, y = family.grid(20, D), family.integers(1, C - 1, 20)
    means = [of_class(averaged(x), y, j) for j in range(C)]
    c = torch.stack([c[j] if mine is None else mine.mean(0) for j, mine in enumerate(means)])
    return {"x": packed(x), "y": y.tolist(), "W": packed(prototypes(c, options))}, c
