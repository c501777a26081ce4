"""torch.optim over several steps with given gradients, one rate for all and groups with their own; clipping."""

import torch

from .record import packed

STEPS = 5
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
GROUPS = [{}, {"lr": 0.3, "weightDecay": 0.02}]  # of w and of b


def cases(family):
    for ours, theirs, options, their_options in RUNS:
        for groups in (None, GROUPS):
            run(family, ours, theirs, options, {"lr": options["lr"], **their_options}, groups)
    for limit in (0.5, 100.0):
        clip(family, "clipGradNorm", torch.nn.utils.clip_grad_norm_, limit)
    clip(family, "clipGradValue", torch.nn.utils.clip_grad_value_, 0.75)


def packed_all(tensors):
    return {name: packed(x) for name, x in tensors.items()}


def run(family, ours, theirs, options, their_options, groups):
    start = {name: family.grid(*shape) for name, shape in SHAPES.items()}
    params = {name: x.clone().requires_grad_() for name, x in start.items()}
    optimizer = theirs(list(params.values()), **their_options)
    if groups is not None:
        spelled = {"lr": "lr", "weightDecay": "weight_decay"}
        own = [{spelled[key]: value for key, value in group.items()} for group in groups]
        optimizer = theirs([{"params": [p], **g} for p, g in zip(params.values(), own)], **their_options)
    grads, after = [], []
    for _ in range(STEPS):
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
