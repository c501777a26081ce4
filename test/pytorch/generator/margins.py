"""The logits of each loss from the equations, through theta = arccos cos theta, as the papers write them."""

import math

import torch

# what each margin keeps of the norms (x's, w's), and its defaults
NORMS = {
    "softmax": (True, True),
    "normFace": (False, False),
    "lSoftmax": (True, True),
    "sphereFace": (True, False),
    "sphereFaceR": (False, False),
    "cosFace": (False, False),
    "arcFace": (False, False),
    "combinedMargin": (False, False),
}
DEFAULTS = {
    "softmax": {},
    "normFace": {"s": 30.0},
    "lSoftmax": {"m": 4},
    "sphereFace": {"m": 4, "annealing": True},
    "sphereFaceR": {"s": 30.0, "m": 1.5, "clamped": True},
    "cosFace": {"s": 30.0, "m": 0.35},
    "arcFace": {"s": 64.0, "m": 0.5, "beyondPi": "linear"},
    "combinedMargin": {"s": 64.0, "m1": 1, "m2": 0.3, "m3": 0.2},
}


def cosines(x, W):
    return x @ W.T / (x.norm(dim=1, keepdim=True) * W.norm(dim=1))


def target_angle(x, W, y):
    cos = cosines(x, W).gather(1, y[:, None])
    assert cos.abs().max() < 1 - 1e-6, "arccos loses digits at its ends"
    return torch.acos(cos)


def folded(phi):
    """(-1)^k cos phi - 2k with k = floor(phi / pi): decreasing, without a jump."""
    k = torch.floor(phi.detach() / math.pi)
    off = (phi.detach() / math.pi - torch.round(phi.detach() / math.pi)).abs()
    assert not ((off < 1e-3) & (torch.round(phi.detach() / math.pi) > 0)).any(), "at a multiple of pi"
    return (1 - 2 * (k % 2)) * torch.cos(phi) - 2 * k


def own_margins(o, y):
    """With a margin for each class, m[N,1] of the labels."""
    return {**o, "m": torch.tensor(o["m"])[y][:, None]} if isinstance(o.get("m"), list) else o


def beyond_pi(theta, m, beyond):
    """cos(theta + m), and what each choice takes past theta + m = pi."""
    if beyond == "continuous":
        return folded(theta + m)
    return torch.where(theta + m > math.pi, torch.cos(theta) - m * torch.sin(torch.as_tensor(m)), torch.cos(theta + m))


def bent(margin, theta, o):
    if margin in ("lSoftmax", "sphereFace"):
        return folded(o["m"] * theta)
    if margin == "sphereFaceR":
        phi = o["m"] * theta
        # characteristic gradient detachment: psi - cos theta is a constant
        psi = torch.cos(phi.clamp(max=math.pi)) if o["clamped"] else folded(phi)
        return torch.cos(theta) + (psi - torch.cos(theta)).detach()
    if margin == "cosFace":
        return torch.cos(theta) - o["m"]
    if margin == "arcFace":
        return beyond_pi(theta, o["m"], o["beyondPi"])
    if margin == "combinedMargin":
        beyond = o.get("beyondPi", "linear" if o["m1"] == 1 else "continuous")
        return beyond_pi(o["m1"] * theta, o["m2"], beyond) - o["m3"]
    return torch.cos(theta)


def lambda_at(annealing, t):
    a = {"lambda0": 1000, "lambdaMin": 5, "gamma": 1, "power": 1, **({} if annealing is True else annealing)}
    return max(a["lambdaMin"], a["lambda0"] * (1 + a["gamma"] * t) ** -a["power"])


def logits(margin, x, W, y, options, t=0):
    """z[N,C] of embeddings x[N,D], prototypes W[C,D] and labels y[N] after t updates."""
    o = own_margins({**DEFAULTS[margin], **options}, y)
    theta = target_angle(x, W, y)
    psi = bent(margin, theta, o)
    if o.get("annealing"):
        rate = lambda_at(o["annealing"], t)
        psi = (rate * torch.cos(theta) + psi) / (1 + rate)
    chosen = torch.nn.functional.one_hot(y, len(W)).bool()
    return scaled(margin, x, W, torch.where(chosen, psi, cosines(x, W)), o)


def plain(margin, x, W, options):
    """The logits without a margin, to classify with."""
    return scaled(margin, x, W, cosines(x, W), {**DEFAULTS[margin], **options})


def scaled(margin, x, W, cos, o):
    keeps_x, keeps_w = NORMS[margin]
    s = o.get("s", "norm" if keeps_x else 1.0)
    if keeps_w:
        cos = cos * W.norm(dim=1)
    return cos * (x.norm(dim=1, keepdim=True) if s == "norm" else s)
