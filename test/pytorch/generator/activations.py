"""Activations of newer nets. hardsigmoid and hardswish are written by clamp, for any order of derivative, and held to
F.hardsigmoid's values; away from their kinks, where versions of PyTorch differ."""

import torch
import torch.nn.functional as F

SHAPES = [(7,), (2, 1, 4)]


def cases(family):
    plain = {"silu": F.silu, "selu": F.selu, "mish": F.mish, "softsign": F.softsign}
    for name, f in plain.items():
        for shape in SHAPES:
            family.record(name, lambda x, f=f: f(x), {"x": family.grid(*shape, low=-6, high=6)})
    for name in ("silu", "mish"):
        for value in (-40.0, 40.0):
            family.record(name, lambda x, f=plain[name]: f(x), {"x": torch.tensor([value])}, order=1, tiny=True)
    for name, f in {"elu": F.elu, "celu": F.celu}.items():
        for alpha in (1.0, 0.5, 1.75):
            options = {"form": name, "alpha": alpha}
            family.record("elu", lambda x, f=f, a=alpha: f(x, a), {"x": family.grid(7, low=-4, high=4)}, options)
    family.record("elu", lambda x: F.elu(x, 0.5), {"x": torch.tensor([-1.0, 0.0, 2.0])}, {"form": "elu", "alpha": 0.5}, order=1)
    hard = lambda x: (x / 6 + 0.5).clamp(0, 1)
    for shape in SHAPES:
        x = {"x": family.grid(*shape, low=-5, high=5)}
        assert torch.allclose(hard(x["x"]), F.hardsigmoid(x["x"]), rtol=0, atol=1e-15)
        family.record("hardsigmoid", lambda x: hard(x), x)
        family.record("hardswish", lambda x: x * hard(x), x)
        family.record("thresholdedRelu", lambda x: F.threshold(x, 0.5, 0.0), x, {"alpha": 0.5})
