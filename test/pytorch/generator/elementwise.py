"""Arithmetic, analytic functions, activations, comparisons, where.

Left out, where PyTorch's choice or arithmetic is another than ours: sqrt at 0 (an infinite slope, which JSON cannot
hold); softplus above 20 (PyTorch goes over to x there, off by up to 1e-10 of it). F.prelu of a permuted x loses the
second-order gradient in dz (PyTorch 1.13): first order only.
"""

import torch
import torch.nn.functional as F
from torch.special import erf

BROADCASTS = [((2, 3), (2, 3)), ((3, 1, 2), (4, 1)), ((), (5,)), ((2, 1, 3), (1, 4, 1))]

BINARY = {
    "add": torch.add,
    "sub": torch.sub,
    "mul": torch.mul,
    "div": torch.div,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
}

COMPARISONS = {
    "equal": torch.eq,
    "notEqual": torch.ne,
    "less": torch.lt,
    "lessEqual": torch.le,
    "greater": torch.gt,
    "greaterEqual": torch.ge,
}

REALS, POSITIVE = (-3, 3), (0.25, 4)
UNARY = {
    "identity": (torch.clone, REALS),
    "neg": (torch.neg, REALS),
    "exp": (torch.exp, REALS),
    "log": (torch.log, POSITIVE),
    "log1p": (torch.log1p, (-0.75, 3)),
    "expm1": (torch.expm1, REALS),
    "sqrt": (torch.sqrt, POSITIVE),
    "rsqrt": (torch.rsqrt, POSITIVE),
    "sin": (torch.sin, (-8, 8)),
    "cos": (torch.cos, (-8, 8)),
    "acos": (torch.acos, (-0.98, 0.98)),
    "tanh": (torch.tanh, REALS),
    "erf": (erf, REALS),
    "abs": (torch.abs, REALS),
    "sigmoid": (torch.sigmoid, (-8, 8)),
    "softplus": (F.softplus, (-8, 8)),
    "relu": (torch.relu, REALS),
}

# Beyond these the results are tiny or huge: each number is compared by its own size there (see the tests).
TAILS = {
    "exp": [-300.0, 300.0],
    "log1p": [1e-14, -1e-9],
    "expm1": [1e-14, -1e-9],
    "sigmoid": [-300.0, -40.0, 40.0],
    "softplus": [-300.0, -40.0],
    "tanh": [-30.0, 1e-9, 30.0],
    "erf": [-3.0, 1e-9, 5.5],
}


def cases(family):
    grid, record = family.grid, family.record
    for name, f in BINARY.items():
        for a, b in BROADCASTS:
            x, y = grid(*a), grid(*b, low=0.5 if name == "div" else -2)
            record(name, lambda x, y, f=f: f(x, y), {"x": x, "y": y})
    for name in ("maximum", "minimum"):  # at a tie each gets half, in PyTorch as here
        x = torch.tensor([1.0, 2.0, 2.0, -3.0])
        record(name, lambda x, y, f=BINARY[name]: f(x, y), {"x": x, "y": torch.tensor([2.0, 2.0, 1.0, -3.0])}, order=1)
    power(family)

    for name, (f, (low, high)) in UNARY.items():
        for shape in [(7,), (2, 1, 4)]:
            record(name, lambda x, f=f: f(x), {"x": grid(*shape, low=low, high=high)})
    for name, values in TAILS.items():
        for value in values:
            record(name, lambda x, f=UNARY[name][0]: f(x), {"x": torch.tensor([value])}, order=1, tiny=True)
    for name in ("abs", "relu"):  # the slope at the kink
        record(name, lambda x, f=UNARY[name][0]: f(x), {"x": torch.tensor([-1.0, 0.0, 2.0])}, order=1)
    record("sign", lambda x: torch.sign(x), {}, constants={"x": torch.tensor([-2.5, 0.0, 3.0])})
    activations(family)

    for name, f in COMPARISONS.items():
        for a, b in BROADCASTS[:2]:
            few = {"x": family.integers(-1, 1, *a).double(), "y": family.integers(-1, 1, *b).double()}
            record(name, lambda x, y, f=f: f(x, y).double(), {}, constants=few)
    for c, a, b in [((2, 3), (2, 3), (2, 3)), ((4, 1), (3, 1, 2), ()), ((2, 1), (3,), (2, 1))]:
        condition = family.integers(0, 1, *c).double()
        condition.reshape(-1)[:2] = torch.tensor([0.0, 1.0])  # both branches are taken
        choose = lambda condition, x, y: torch.where(condition != 0, x, y)
        record("where", choose, {"x": grid(*a), "y": grid(*b)}, constants={"condition": condition})
    angles(family)
    rounding(family)


ANGLES = {
    "tan": (torch.tan, (-1.4, 1.4)),
    "asin": (torch.asin, (-0.98, 0.98)),
    "atan": (torch.atan, (-8, 8)),
    "sinh": (torch.sinh, REALS),
    "cosh": (torch.cosh, REALS),
    "asinh": (torch.asinh, (-8, 8)),
    "acosh": (torch.acosh, (1.1, 8)),
    "atanh": (torch.atanh, (-0.98, 0.98)),
}
ROUNDING = {"floor": torch.floor, "ceil": torch.ceil, "round": torch.round, "trunc": torch.trunc}


def angles(family):
    grid, record = family.grid, family.record
    for name, (f, (low, high)) in ANGLES.items():
        for shape in [(7,), (2, 1, 4)]:
            record(name, lambda x, f=f: f(x), {"x": grid(*shape, low=low, high=high)})
    for name in ("asinh", "atanh", "sinh"):  # near 0 they keep their digits
        record(name, lambda x, f=ANGLES[name][0]: f(x), {"x": torch.tensor([1e-12])}, order=1, tiny=True)
    for a, b in BROADCASTS:
        record("atan2", lambda y, x: torch.atan2(y, x), {"y": grid(*a), "x": grid(*b)})
    axes = {"y": torch.tensor([1.0, 0.0, -1.0, 0.0, -0.0]), "x": torch.tensor([0.0, -2.0, 0.0, 2.0, -2.0])}
    record("atan2", lambda y, x: torch.atan2(y, x), {}, constants=axes)


def rounding(family):
    grid, record = family.grid, family.record
    halves = torch.arange(-4, 5).double() / 2
    for name, f in ROUNDING.items():
        record(name, lambda x, f=f: f(x), {}, constants={"x": torch.cat([grid(9, low=-4, high=4), halves])})
    for name, f in {"remainder": torch.remainder, "fmod": torch.fmod}.items():
        for a, b in BROADCASTS:
            record(name, lambda x, y, f=f: f(x, y), {"x": grid(*a, low=-6, high=6), "y": grid(*b, low=0.25, high=1)})
        signs = {"x": torch.tensor([-4.3, 7.2, 5.0, 4.3, -7.2, 8.0]), "y": torch.tensor([2.1, -3.4, 8.0, -2.1, 3.4, 5.0])}
        record(name, lambda x, y, f=f: f(x, y), signs)


def power(family):
    grid = family.grid
    pow_ = lambda x, y: torch.pow(x, y)
    for a, b in BROADCASTS:
        family.record("pow", pow_, {"x": grid(*a, low=0.25, high=3), "y": grid(*b)})
    # whole exponents: negative bases, and 0 as base, as exponent, as both
    signed = torch.tensor([-2.0, -0.5, 0.0, 1.5])
    for exponent in (2.0, 3.0):
        family.record("pow", pow_, {"x": signed}, constants={"y": torch.tensor(exponent)})
    corners = {"x": torch.tensor([0.0, 0.0, 0.0, 3.0]), "y": torch.tensor([0.0, 1.0, 2.0, 0.0])}
    family.record("pow", pow_, corners, order=1)


def activations(family):
    grid, record = family.grid, family.record
    kinked = lambda *at: torch.cat([grid(6, low=-3, high=3), torch.tensor(at)])
    for slope in (0.01, 0.25):
        record("leakyRelu", lambda x, s=slope: F.leaky_relu(x, s), {"x": kinked(0.0)}, {"slope": slope})
    for low, high in [(-1.0, 1.0), (-0.5, 2.0)]:
        record("clamp", lambda x, l=low, h=high: x.clamp(l, h), {"x": kinked(low, high)}, {"low": low, "high": high})
    for tanh in (False, True):
        for shape in [(7,), (2, 1, 4)]:
            form = "tanh" if tanh else "none"
            record("gelu", lambda x, a=form: F.gelu(x, approximate=a), {"x": grid(*shape, low=-3, high=3)}, {"tanh": tanh})
    channelled = lambda x, slope: F.prelu(x.movedim(-1, 1), slope).movedim(1, -1)  # ours are the last axis
    record("prelu", lambda x, slope: F.prelu(x, slope), {"x": kinked(0.0), "slope": grid(1)})
    record("prelu", channelled, {"x": grid(2, 3, 2, 4), "slope": grid(4)}, order=1)
