"""Norms of images, generalised means, padding by what is there, resizing, sampling at places of a grid, attention. Ours is NHWC.

F.grid_sample has no second derivative in PyTorch 1.13: first order, away from kinks. It has no rms_norm yet, nor a float64
scaled_dot_product_attention: written out."""

import torch
import torch.nn.functional as F

from .products import nchw, nhwc


def cases(family):
    norms(family)
    padding(family)
    resizing(family)
    sampling(family)
    attention(family)
    cubic(family)
    cropping(family)
    scaling(family)


def norms(family):
    grid = family.grid
    for shape, groups in [((2, 3, 2, 4), 2), ((3, 4, 6), 3), ((1, 2, 3, 3), 3)]:
        c = shape[-1]
        norm = lambda x, gamma, beta: F.group_norm(x.movedim(-1, 1), groups, gamma, beta, 1e-3).movedim(1, -1)
        inputs = {"x": grid(*shape), "gamma": grid(c), "beta": grid(c)}
        family.record("groupNorm", norm, inputs, {"groups": groups, "eps": 1e-3})
    instance = lambda x, gamma, beta: F.instance_norm(nchw(x), weight=gamma, bias=beta, eps=1e-3).movedim(1, -1)
    inputs = {"x": grid(2, 3, 4, 2), "gamma": grid(2), "beta": grid(2)}
    family.record("groupNorm", instance, inputs, {"eps": 1e-3})
    rms = lambda x, gamma: x * (x.square().mean(-1, True) + 1e-3).rsqrt() * gamma
    for shape in [(3, 4), (2, 2, 5)]:
        family.record("rmsNorm", rms, {"x": grid(*shape), "gamma": grid(shape[-1])}, {"eps": 1e-3})
    means = lambda x, p: x.clamp(min=1e-2).pow(p).mean((1, 2)).pow(1 / p)
    for shape in [(2, 3, 2, 2), (1, 4, 4, 1)]:
        p = torch.tensor([3.0])
        family.record("gem", means, {"x": grid(*shape, low=-1, high=4), "p": p}, {"eps": 1e-2})


def padding(family):
    for mode, theirs in {"reflect": "reflect", "edge": "replicate", "wrap": "circular"}.items():
        for shape, before, after in [((2, 4, 5, 3), (2, 1), (0, 3)), ((1, 3, 3, 1), (1, 2), (2, 2))]:
            widths = (before[1], after[1], before[0], after[0])
            enlarge = lambda x, w=widths, m=theirs: nhwc(F.pad(nchw(x), w, mode=m))
            options = {"before": (0, *before, 0), "after": (0, *after, 0), "value": mode}
            family.record("pad", enlarge, {"x": family.grid(*shape)}, options)


def resizing(family):
    def record(options, shape=(2, 4, 5, 2), **theirs):
        inputs = {"x": family.grid(*shape)}
        family.record("resize", lambda x: nhwc(F.interpolate(nchw(x), **theirs)), inputs, options)

    for size in [(7, 3), (2, 9), (1, 1)]:
        for mode in ("bilinear", "bicubic"):
            record({"size": size, "mode": mode}, size=size, mode=mode)
            corners = {"size": size, "mode": mode, "coordinates": "alignCorners"}
            record(corners, size=size, mode=mode, align_corners=True)
            record({"size": size, "mode": mode, "antialias": True, **anti(mode)}, size=size, mode=mode, antialias=True)
        record({"size": size, "mode": "nearest"}, size=size, mode="nearest")
        exact = {"coordinates": "halfPixel", "rounding": "roundPreferCeil"}
        record({"size": size, "mode": "nearest", **exact}, size=size, mode="nearest-exact")
    for scale in (2.0, 0.6, (1.7, 0.5)):
        for mode in ("bilinear", "bicubic", "nearest"):
            record({"scale": scale, "mode": mode}, scale_factor=scale, mode=mode)


def anti(mode):
    """Of bicubic PyTorch's antialias takes Pillow's coefficient."""
    return {"cubicCoefficient": -0.5} if mode == "bicubic" else {}


def sampling(family):
    for mode in ("bilinear", "nearest"):
        for padding in ("zeros", "border", "reflection"):
            for corners in (False, True):
                sample = lambda x, grid: nhwc(F.grid_sample(nchw(x), grid, mode, padding, corners))
                x, places = family.grid(2, 3, 4, 2), family.grid(2, 3, 2, 2, low=-1.6, high=1.6)
                options = {"mode": mode, "padding": padding, "alignCorners": corners}
                if mode == "bilinear":
                    family.record("gridSample", sample, {"x": x, "grid": places}, options, order=1)
                else:
                    family.record("gridSample", lambda x, grid: sample(x, grid), {"x": x}, options, {"grid": places}, order=1)
    for corners in (False, True):
        for size in [(3, 2), (1, 4)]:
            lines = lambda theta: F.affine_grid(theta, [2, 1, *size], align_corners=corners)
            family.record("affineGrid", lines, {"theta": family.grid(2, 2, 3)}, {"size": size, "alignCorners": corners})


def cubic(family):
    for padding in ("zeros", "border", "reflection"):
        for corners in (False, True):
            sample = lambda x, grid: nhwc(F.grid_sample(nchw(x), grid, "bicubic", padding, corners))
            inputs = {"x": family.grid(2, 3, 4, 2), "grid": family.grid(2, 3, 2, 2, low=-1.9, high=1.9)}
            options = {"mode": "bicubic", "padding": padding, "alignCorners": corners}
            family.record("gridSample", sample, inputs, options, order=1)


def cropping(family):
    for mode, theirs in {0.5: "constant", "reflect": "reflect", "edge": "replicate"}.items():
        for before, after in [((-1, 2), (1, -2)), ((2, -1), (-1, -1))]:
            widths = (before[1], after[1], before[0], after[0])
            value = {"value": mode} if theirs == "constant" else {}
            crop = lambda x, w=widths, m=theirs, v=value: nhwc(F.pad(nchw(x), w, mode=m, **v))
            options = {"before": (0, *before, 0), "after": (0, *after, 0), "value": mode}
            family.record("pad", crop, {"x": family.grid(2, 4, 5, 3)}, options)


def scaling(family):
    """By a scale whose sizes are rounded down, so that their quotient is another. Where nearest has sizes twice as large, or as large, PyTorch
    takes their quotient."""

    def record(options, **theirs):
        inputs = {"x": family.grid(1, 4, 5, 1)}
        family.record("resize", lambda x: nhwc(F.interpolate(nchw(x), **theirs)), inputs, options)

    exact = {"coordinates": "halfPixel", "rounding": "roundPreferCeil"}
    for scale in (2.3, 0.7, (1.3, 3.1)):
        record({"scale": scale, "mode": "nearest"}, scale_factor=scale, mode="nearest")
        record({"scale": scale, "mode": "nearest", **exact}, scale_factor=scale, mode="nearest-exact")
        for mode in ("bilinear", "bicubic"):
            record({"scale": scale, "mode": mode}, scale_factor=scale, mode=mode)
            corners = {"scale": scale, "mode": mode, "coordinates": "alignCorners"}
            record(corners, scale_factor=scale, mode=mode, align_corners=True)
            record({"scale": scale, "mode": mode, "antialias": True, **anti(mode)}, scale_factor=scale, mode=mode, antialias=True)


def attention(family):
    grid = family.grid

    def attend(q, k, v, mask=None, scale=None, causal=False):
        products = q @ k.transpose(-1, -2) * (q.shape[-1] ** -0.5 if scale is None else scale)
        if causal:
            later = torch.ones(products.shape[-2:]).triu(1).bool()
            products = products.masked_fill(later, -torch.inf)
        return (products if mask is None else products + mask).softmax(-1) @ v

    for lead, (l, s, e, d) in [((), (3, 4, 2, 3)), ((2,), (4, 4, 3, 2)), ((2, 3), (2, 3, 4, 1))]:
        for options in ({}, {"scale": 0.25}, {"causal": True}):
            inputs = {"q": grid(*lead, l, e), "k": grid(*lead, s, e), "v": grid(*lead, s, d)}
            family.record("attention", lambda q, k, v: attend(q, k, v, **options), inputs, options)
            inputs = {**inputs, "mask": grid(l, s)}
            family.record("maskedAttention", lambda q, k, v, mask: attend(q, k, v, mask, **options), inputs, options)
