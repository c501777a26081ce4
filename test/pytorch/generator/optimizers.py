"""torch.optim, and LAMB, over several steps with given gradients, one rate for all and groups with their own; clipping."""

import torch

from .record import packed

STEPS = 5
MORE_STEPS = 24
SHAPES = {"w": (2, 3), "b": (3,)}

RUNS = [  # ours, PyTorch's, our options, PyTorch's options
    ("sgd", torch.optim.SGD, {"lr": 0.1}, {}),
    ("sgd", torch.optim.SGD, {"lr": 0.1, "weightDecay": 0.05}, {"weight_decay": 0.05}),
    ("sgd", torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}, {"momentum": 0.9}),
    (
        "sgd",
        torch.optim.SGD,
        {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weightDecay": 0.1},
        {"momentum": 0.8, "nesterov": True, "weight_decay": 0.1},
    ),
    ("adam", torch.optim.Adam, {"lr": 0.01}, {}),
    (
        "adam",
        torch.optim.Adam,
        {"lr": 0.02, "betas": (0.8, 0.95), "eps": 0.1, "weightDecay": 0.1},
        {"betas": (0.8, 0.95), "eps": 0.1, "weight_decay": 0.1},
    ),
    ("adamW", torch.optim.AdamW, {"lr": 0.01}, {}),  # both decay by 0.01 unless told otherwise
    ("adamW", torch.optim.AdamW, {"lr": 0.02, "betas": (0.5, 0.9), "weightDecay": 0.2}, {"betas": (0.5, 0.9), "weight_decay": 0.2}),
]


class Lamb(torch.optim.Optimizer):
    """You 2020, arXiv:1904.00962, algorithm 2, phi the identity: PyTorch has none."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.01):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                s = self.state[p]
                t = s["t"] = s.get("t", 0) + 1
                s["m"] = b1 * s.get("m", 0) + (1 - b1) * p.grad
                s["v"] = b2 * s.get("v", 0) + (1 - b2) * p.grad**2
                m, v = s["m"] / (1 - b1**t), s["v"] / (1 - b2**t)
                u = m / (v.sqrt() + group["eps"]) + group["weight_decay"] * p
                ratio = 1 if p.norm() == 0 or u.norm() == 0 else p.norm() / u.norm()
                p -= group["lr"] * ratio * u


MORE_RUNS = [
    ("sgd", torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weightDecay": 0.02}),
    ("adam", torch.optim.Adam, {"lr": 0.05, "betas": (0.7, 0.8), "amsgrad": True}),
    ("adam", torch.optim.Adam, {"lr": 0.05, "betas": (0.7, 0.8), "eps": 0.01, "weightDecay": 0.1, "amsgrad": True}),
    ("adamW", torch.optim.AdamW, {"lr": 0.05, "betas": (0.6, 0.7), "weightDecay": 0.2, "amsgrad": True}),
    ("rmsprop", torch.optim.RMSprop, {"lr": 0.01}),
    ("rmsprop", torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.8, "eps": 0.01, "weightDecay": 0.1}),
    ("rmsprop", torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "momentum": 0.8}),
    ("rmsprop", torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "centered": True}),
    ("rmsprop", torch.optim.RMSprop, {"lr": 0.01, "alpha": 0.7, "momentum": 0.6, "centered": True, "weightDecay": 0.05}),
    ("adagrad", torch.optim.Adagrad, {"lr": 0.1}),
    ("adagrad", torch.optim.Adagrad, {"lr": 0.1, "lrDecay": 0.2, "weightDecay": 0.1, "initialAccumulator": 0.5, "eps": 0.01}),
    ("lamb", Lamb, {"lr": 0.01}),
    ("lamb", Lamb, {"lr": 0.05, "betas": (0.8, 0.9), "eps": 0.01, "weightDecay": 0.0}),
]
ODD_RUNS = [  # no memory, and rates of 0
    ("sgd", torch.optim.SGD, {"lr": 0.0, "momentum": 0.9, "weightDecay": 0.1}),
    ("sgd", torch.optim.SGD, {"lr": 0.1, "dampening": 0.5}),
    ("adam", torch.optim.Adam, {"lr": 0.05, "betas": (0.0, 0.0), "eps": 0.5}),
    ("adam", torch.optim.Adam, {"lr": 0.05, "betas": (0.9, 0.0), "weightDecay": 2.0, "amsgrad": True}),
    ("adamW", torch.optim.AdamW, {"lr": 0.5, "betas": (0.0, 0.9), "weightDecay": 3.0}),
    ("rmsprop", torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.0, "momentum": 0.5}),
    ("adagrad", torch.optim.Adagrad, {"lr": 1.0, "lrDecay": 3.0}),
    ("lamb", Lamb, {"lr": 0.1, "betas": (0.0, 0.0), "weightDecay": 1.0}),
]
SPELLED = {
    "weightDecay": "weight_decay",
    "lrDecay": "lr_decay",
    "initialAccumulator": "initial_accumulator_value",
}
GROUPS = [{}, {"lr": 0.3, "weightDecay": 0.02}]  # of w and of b


def cases(family):
    for ours, theirs, options, their_options in RUNS:
        for groups in (None, GROUPS):
            run(family, ours, theirs, options, {"lr": options["lr"], **their_options}, groups)
    for ours, theirs, options in MORE_RUNS:
        for groups in (None, GROUPS):
            run(family, ours, theirs, options, {SPELLED.get(k, k): v for k, v in options.items()}, groups, MORE_STEPS)
    for limit in (0.5, 100.0):
        clip(family, "clipGradNorm", torch.nn.utils.clip_grad_norm_, limit)
    clip(family, "clipGradValue", torch.nn.utils.clip_grad_value_, 0.75)
    for ours, theirs, options in ODD_RUNS:
        run(family, ours, theirs, options, {SPELLED.get(k, k): v for k, v in options.items()}, None)


def packed_all(tensors):
    return {name: packed(x) for name, x in tensors.items()}


def run(family, ours, theirs, options, their_options, groups, steps=STEPS):
    start = {name: family.grid(*shape) for name, shape in SHAPES.items()}
    params = {name: x.clone().requires_grad_() for name, x in start.items()}
    optimizer = theirs(list(params.values()), **their_options)
    if groups is not None:
        own = [{SPELLED.get(key, key): value for key, value in group.items()} for group in groups]
        optimizer = theirs([{"params": [p], **g} for p, g in zip(params.values(), own)], **their_options)
    grads, after = [], []
    for _ in range(steps):
        for name, p in params.items():
            p.grad = family.grid(*SHAPES[name])
        grads.append(packed_all({name: p.grad for name, p in params.items()}))
        optimizer.step()
        after.append(packed_all(params))
    row = {"op": ours, "options": options, "start": packed_all(start), "grads": grads, "after": after}
    family.rows.append(row if groups is None else {**row, "groups": groups})


def clip(family, ours, theirs, limit):
    params = {name: torch.zeros(shape, requires_grad=True) for name, shape in SHAPES.items()}
    for p in params.values():
        p.grad = family.grid(*p.shape)
    before = packed_all({name: p.grad for name, p in params.items()})
    norm = theirs(params.values(), limit)
    after = packed_all({name: p.grad for name, p in params.items()})
    row = {"op": ours, "limit": limit, "start": before, "after": after}
    family.rows.append(row if norm is None else {**row, "norm": packed(norm)})
