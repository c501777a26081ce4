"""The nets with given weights, and batch norm's running statistics.

Weights are in our layout (HWIO, linear [in, out], a picture flattened as H, W, C) and turned into PyTorch's (OIHW,
[out, in], flattened as C, H, W) inside the function. They are too many to store: both sides compute them from
`weights`, and of each gradient the row holds every n-th number and its inner product with its weight.
"""

import torch
import torch.nn.functional as F

from .products import nchw, nhwc, oihw
from .record import packed

KEPT = 300  # numbers of a gradient that are stored


def weights(k, shape):
    """w_i = ((31 i^2 + 17 i + 101 k) mod 251 - 125) / (128 sqrt(fan in, as a power of 4)): whole numbers over a
    power of 2, the same in any language; k is the weight's place among all."""
    n, fan_in = int(torch.tensor(shape).prod()), int(torch.tensor(shape[:-1]).prod())
    i = torch.arange(n)
    scale = 2 ** max(0, (fan_in.bit_length() - 1) // 2)
    return (((31 * i * i + 17 * i + 101 * k) % 251 - 125).double() / (128 * scale)).reshape(shape)


def cases(family):
    small_net(family, [12, 9, 2], 3)
    lenet(family, [8, 16, 1], 2)
    for shape, eps, momentum in [((6, 3), 1e-5, 0.1), ((2, 3, 2, 4), 1e-3, 0.25)]:
        running(family, shape, eps, momentum)
    for n, length, dim, heads, bias in [(2, 4, 6, 3, True), (1, 3, 4, 1, False), (3, 1, 4, 2, True)]:
        attention(family, n, length, dim, heads, bias)


def flat_linear(z, weight, bias):
    """PyTorch flattens z[N,C,H,W] as C, H, W; our weight counts H, W, C."""
    n, c, h, w = z.shape
    theirs = weight.reshape(h, w, c, -1).permute(3, 2, 0, 1).flatten(1)
    return F.linear(z.flatten(1), theirs, bias)


def small_net(family, shape, dim):
    h, w, c = shape
    sizes = {}
    for i, (a, b) in enumerate([(c, 16), (16, 32), (32, 64)]):
        sizes |= {f"conv{i + 1}.weight": (3, 3, a, b), f"conv{i + 1}.bias": (b,)}
    sizes |= {"fc.weight": (-(-h // 8) * -(-w // 8) * 64, dim), "fc.bias": (dim,)}

    def net(x, p):
        z = nchw(x)
        for i in (1, 2, 3):
            z = F.leaky_relu(F.conv2d(z, oihw(p[f"conv{i}.weight"]), p[f"conv{i}.bias"], 2, 1), 0.25)
        return flat_linear(z, p["fc.weight"], p["fc.bias"])

    record(family, "smallNet", net, family.grid(2, *shape), sizes, {"dim": dim, "input": shape})


def lenet(family, shape, dim):
    h, w, c = shape
    sizes = {}
    for i, (a, b) in enumerate([(c, 32), (32, 64), (64, 128)]):
        for half, a in (("a", a), ("b", b)):
            name = f"{i + 1}{half}"
            sizes |= {f"conv{name}.weight": (5, 5, a, b), f"conv{name}.bias": (b,), f"act{name}.slope": (b,)}
    sizes |= {"fc.weight": (h // 8 * (w // 8) * 128, dim), "fc.bias": (dim,)}

    def net(x, p):
        z = nchw(x)
        for i in (1, 2, 3):
            for name in (f"{i}a", f"{i}b"):
                z = F.conv2d(z, oihw(p[f"conv{name}.weight"]), p[f"conv{name}.bias"], 1, 2)
                z = F.prelu(z, p[f"act{name}.slope"])
            z = F.max_pool2d(z, 2)
        return flat_linear(z, p["fc.weight"], p["fc.bias"])

    record(family, "lenetPlusPlus", net, family.grid(2, *shape), sizes, {"dim": dim, "input": shape})


def record(family, op, net, x, sizes, options):
    p = {name: weights(k, shape).requires_grad_() for k, (name, shape) in enumerate(sizes.items())}
    x.requires_grad_()
    z = net(x, p)
    dz = family.grid(*z.shape)
    dx, *grads = torch.autograd.grad(z, [x, *p.values()], dz)
    kept = {}
    for (name, w), g in zip(p.items(), grads):
        every = -(-g.numel() // KEPT)
        along = (g * w).sum()
        kept[name] = {"every": every, "data": g.reshape(-1)[::every].tolist(), "along": along.item()}
    row = {"op": op, "options": options, "x": packed(x), "z": packed(z), "dz": packed(dz), "dx": packed(dx)}
    family.rows.append({**row, "weights": list(sizes), "grads": kept})


def running(family, shape, eps, momentum):
    c = shape[-1]
    layer = (torch.nn.BatchNorm1d if len(shape) == 2 else torch.nn.BatchNorm2d)(c, eps, momentum)
    gamma, beta = family.grid(c), family.grid(c)
    with torch.no_grad():
        layer.weight.copy_(gamma)
        layer.bias.copy_(beta)
    steps = []
    for training in (True, True, True, False):
        x = family.grid(*shape).requires_grad_()
        layer.train(training)
        z = layer(x.movedim(-1, 1)).movedim(1, -1)
        dz = family.grid(*shape)
        grads = torch.autograd.grad(z, [x, layer.weight, layer.bias], dz)
        steps.append(
            {
                "training": training,
                "x": packed(x),
                "z": packed(z),
                "dz": packed(dz),
                "grads": {name: packed(g) for name, g in zip(("x", "gamma", "beta"), grads)},
                "runningMean": packed(layer.running_mean),
                "runningVariance": packed(layer.running_var),
            }
        )
    options = {"channels": c, "eps": eps, "momentum": momentum}
    row = {"op": "batchNorm", "options": options, "gamma": packed(gamma), "beta": packed(beta), "steps": steps}
    family.rows.append(row)


def attention(family, n, length, dim, heads, bias):
    """torch.nn.MultiheadAttention of a sequence to itself; weights in our layout, [in, out]."""
    layer = torch.nn.MultiheadAttention(dim, heads, bias=bias, batch_first=True)
    weights = {"in.weight": (dim, 3 * dim), "out.weight": (dim, dim)}
    if bias:
        weights |= {"in.bias": (3 * dim,), "out.bias": (dim,)}
    given = {name: family.grid(*shape) for name, shape in weights.items()}
    theirs = {
        name: layer.get_parameter(name.replace("in.", "in_proj_").replace("out.", "out_proj."))
        for name in given
    }
    with torch.no_grad():
        for name, p in theirs.items():
            p.copy_(given[name].T if given[name].dim() == 2 else given[name])
    x = family.grid(n, length, dim).requires_grad_()
    z = layer(x, x, x, need_weights=False)[0]
    dz = family.grid(*z.shape)
    dx, *grads = torch.autograd.grad(z, [x, *theirs.values()], dz)
    ours = {name: packed(g.T.contiguous() if g.dim() == 2 else g) for name, g in zip(theirs, grads)}
    row = {"op": "multiHeadAttention", "options": {"dim": dim, "heads": heads, "bias": bias}}
    tensors = {"x": packed(x), "z": packed(z), "dz": packed(dz), "dx": packed(dx)}
    family.rows.append({**row, **tensors, "weights": {name: packed(w) for name, w in given.items()}, "grads": ours})
