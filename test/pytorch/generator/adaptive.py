"""The margins that bend other classes, go by the batch, or decide class by class: from their equations, as the authors' codes have them,
through theta = arccos cos theta. What a margin remembers is given before; `updated` is what it remembers after this batch.

ElasticFace is not here: its margins come from this library's generator. Cosines at +-1 and lengths of 0 are left out, as in losses.py.
"""

import math

import torch
import torch.nn.functional as F

from .losses import averaged, reduced
from .margins import cosines
from .record import packed

N, C, D = 9, 4, 3
WEIGHT = [1.5, 0.5, 2.0, 1.0]

RUNS = [  # margin, options, what it remembers
    ("curricularFace", {}, {"t": 0.3}),
    ("curricularFace", {"s": 8.0, "m": 0.9, "reduction": "none", "weight": WEIGHT, "tAlpha": 0.1}, {"t": -0.2}),
    ("curricularFace", {"s": "norm", "m": 0.3, "focalGamma": 2.0}, {"t": 0.8}),
    ("mvSoftmax", {}, {}),
    ("mvSoftmax", {"s": 8.0, "adaptive": False, "t": 0.4, "reduction": "none"}, {}),
    ("mvSoftmax", {"base": "arcFace", "s": 16.0, "weight": WEIGHT}, {}),
    ("mvSoftmax", {"s": 8.0, "easyMargin": True, "reduction": "sum"}, {}),
    ("mvSoftmax", {"base": "arcFace", "s": 8.0, "m": 0.3, "easyMargin": True}, {}),
    ("magFace", {"la": 1.0, "ua": 3.0, "lMargin": 0.2, "uMargin": 0.9, "lambdaG": 2.0, "s": 16.0}, {}),
    ("magFace", {"la": 1.5, "ua": 2.0, "s": 8.0, "lambdaG": 0.5, "easyMargin": True, "reduction": "none"}, {}),
    ("magFace", {"la": 0.5, "ua": 4.0, "s": 8.0, "weight": WEIGHT}, {}),
    ("adaFace", {"s": 16.0}, {"mean": 2.0, "std": 0.7}),
    ("adaFace", {"s": 8.0, "m": 0.3, "h": 0.6, "tAlpha": 0.5, "reduction": "none"}, {"mean": 1.5, "std": 0.4}),
    ("adaFace", {"s": 8.0, "clamped": True, "weight": WEIGHT, "tAlpha": 1.0}, {"mean": 2.5, "std": 1.0}),
    ("adaCos", {}, {"s": 5.0}),
    ("adaCos", {"reduction": "none"}, {"s": 2.5}),
    ("adaCos", {"dynamic": False, "weight": WEIGHT}, {"s": 3.0}),
    ("sphereFace2", {}, {}),
    ("sphereFace2", {"s": 8.0, "type": "A", "m": 0.3, "t": 2.0, "reduction": "none"}, {}),
    ("sphereFace2", {"s": 8.0, "type": "M", "m": 1.4, "lambda": 0.4, "weight": WEIGHT}, {}),
    ("sphereFace2", {"s": 16.0, "detached": True}, {}),
    ("sphereFace2", {"s": 8.0, "type": "A", "detached": True, "reduction": "sum"}, {}),
    ("uniFace", {"s": 16.0}, {}),
    ("uniFace", {"s": 8.0, "m": 0.2, "l": 0.5, "reduction": "none", "weight": WEIGHT}, {}),
]
BINARY = ("sphereFace2", "uniFace")
DEFAULTS = {
    "curricularFace": {"s": 64.0, "m": 0.5, "tAlpha": 0.01},
    "mvSoftmax": {"s": 32.0, "base": "cosFace", "m": 0.35, "t": 0.2, "adaptive": True, "easyMargin": False},
    "magFace": {"s": 64.0, "lMargin": 0.45, "uMargin": 0.8, "lambdaG": 35.0, "easyMargin": False},
    "adaFace": {"s": 64.0, "m": 0.4, "h": 0.333, "tAlpha": 0.01, "clamped": False},
    "adaCos": {"dynamic": True},
    "sphereFace2": {"s": 40.0, "type": "C", "m": 0.4, "t": 3.0, "lambda": 0.7, "detached": False},
    "uniFace": {"s": 64.0, "m": 0.4, "l": 1.0},
}


def cases(family):
    for margin, options, memory in RUNS:
        adaptive_loss(family, margin, options, memory)


def adaptive_loss(family, margin, options, memory):
    o = {**DEFAULTS[margin], **({"m": 0.5} if options.get("base") == "arcFace" else {}), **options}
    W, y = family.grid(C, D), family.integers(0, C - 1, N)
    x = family.grid(N, D)
    x[-3:] = 0.25 * family.grid(3, D) - W[y[-3:]]  # nearly opposite their prototypes
    x[-6:-3] = 0.25 * family.grid(3, D) + W[y[-6:-3]]  # and near them

    def loss(x, W, y, b=None):
        chosen = F.one_hot(y, C).bool()
        cos = cosines(x, W)
        target = cos.gather(1, y[:, None])
        z = torch.where(chosen, *BENT[margin](cos, target, x, o, memory))
        if b is not None:
            return averaged(binary(margin, z * o["s"] + b, chosen, o), y, o)
        s = memory["s"] if margin == "adaCos" else x.norm(dim=1, keepdim=True) if o["s"] == "norm" else o["s"]
        total = reduced(z * s, y, o)
        return total + averaged(penalty(x, o), y, o) if margin == "magFace" else total

    inputs = {"x": x, "W": W} | ({"b": family.grid(1)[0] * 3} if margin in BINARY else {})
    row = family.record(margin, loss, inputs, options, constants={"y": y})
    if memory:
        row["memory"] = memory
        row["updated"] = UPDATED[margin](cosines(x, W), y, x, o, memory)


def angle(cos):
    return torch.acos(cos)


def added(target, m, linear=True):
    """cos(theta + m), past pi cos theta - m sin m."""
    theta = angle(target)
    m = torch.as_tensor(m)
    return torch.where((theta + m > math.pi) & torch.tensor(linear), target - m * torch.sin(m), torch.cos(theta + m))


def curricular(cos, target, x, o, memory):
    hard = cos > added(target, o["m"], linear=False)
    return added(target, o["m"]), torch.where(hard, cos * (memory["t"] + cos), cos)


def mv(cos, target, x, o, memory):
    arc = o["base"] == "arcFace"
    bound = added(target, o["m"], linear=False) if arc else target - o["m"]
    own = added(target, o["m"]) if arc else bound
    if o["easyMargin"]:
        own = torch.where(target > 0, own, target)
    raised = (o["t"] + 1) * cos + o["t"] if o["adaptive"] else cos + o["t"]
    return own, torch.where(cos > bound, raised, cos)


def bounded(x, o):
    return x.norm(dim=1, keepdim=True).clamp(o["la"], o["ua"])


def mag(cos, target, x, o, memory):
    m = (o["uMargin"] - o["lMargin"]) / (o["ua"] - o["la"]) * (bounded(x, o) - o["la"]) + o["lMargin"]
    own = added(target, m, linear=not o["easyMargin"])
    return (torch.where(target > 0, own, target) if o["easyMargin"] else own), cos


def penalty(x, o):
    a = bounded(x, o)[:, 0]
    return o["lambdaG"] * (a / o["ua"] ** 2 + 1 / a)


def norms(x):
    return x.norm(dim=1, keepdim=True).clamp(0.001, 100).detach()


def ada(cos, target, x, o, memory):
    q = ((norms(x) - memory["mean"]) / (memory["std"] + 1e-3) * o["h"]).clamp(-1, 1)
    eps = 1e-3
    if o["clamped"]:
        cos, target = cos.clamp(-1 + eps, 1 - eps), target.clamp(-1 + eps, 1 - eps)
    theta = angle(target) - o["m"] * q
    theta = theta.clamp(eps, math.pi - eps) if o["clamped"] else theta
    return torch.cos(theta) - (o["m"] + o["m"] * q), cos


def g(cos, t):
    return 2 * ((cos + 1) / 2) ** t - 1


def sphere_face2(cos, target, x, o, memory):
    if o["type"] == "C":
        own, others = g(target, o["t"]) - o["m"], g(cos, o["t"]) + o["m"]
    else:
        theta = angle(target) + o["m"] if o["type"] == "A" else angle(target) * o["m"]
        own, others = g(torch.cos(theta.clamp(max=math.pi)), o["t"]), g(cos, o["t"])
    if o["detached"]:
        return target + (own - target).detach(), cos + (others - cos).detach()
    return own, others


BENT = {
    "curricularFace": curricular,
    "mvSoftmax": mv,
    "magFace": mag,
    "adaFace": ada,
    "adaCos": lambda cos, target, x, o, memory: (target, cos),
    "sphereFace2": sphere_face2,
    "uniFace": lambda cos, target, x, o, memory: (target - o["m"], cos),
}


def binary(margin, z, chosen, o):
    weights = (o["lambda"], 1 - o["lambda"]) if margin == "sphereFace2" else (1.0, o["l"])
    each = torch.where(chosen, -weights[0] * F.logsigmoid(z), -weights[1] * F.logsigmoid(-z))
    return each.sum(1)


def curricular_after(cos, y, x, o, memory):
    target = cos.gather(1, y[:, None])
    return {"t": ((1 - o["tAlpha"]) * memory["t"] + o["tAlpha"] * target.mean()).item()}


def ada_after(cos, y, x, o, memory):
    a = o["tAlpha"]
    mean, std = norms(x).mean(), norms(x).std()
    return {"mean": (a * mean + (1 - a) * memory["mean"]).item(), "std": (a * std + (1 - a) * memory["std"]).item()}


def ada_cos_after(cos, y, x, o, memory):
    if not o["dynamic"]:
        return memory
    others = torch.exp(memory["s"] * cos) * (1 - F.one_hot(y, C))
    median = torch.median(angle(cos.gather(1, y[:, None])))
    s = torch.log(others.sum() / N) / torch.cos(median.clamp(max=math.pi / 4))
    return {"s": max(1.0, s.item())}


UPDATED = {"curricularFace": curricular_after, "adaFace": ada_after, "adaCos": ada_cos_after}
