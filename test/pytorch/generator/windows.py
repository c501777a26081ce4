"""Pooling, and its adjoints. Ours is NHWC: the functions permute inside, as in products.py. Average pooling counts
the padding as zeros (PyTorch's count_include_pad, its default). PyTorch has no dilation in avg_pool2d."""

import torch
import torch.nn.functional as F

from .products import adjoint, nchw, nhwc

WINDOWS = [  # x[N,H,W,C], kernel, stride, padding, dilation (of max pooling)
    ((2, 4, 4, 2), 2, None, 0, 1),
    ((1, 5, 6, 2), 3, 2, 1, 1),
    ((2, 5, 4, 1), (3, 2), (1, 2), (1, 0), 1),
    ((1, 7, 6, 1), (2, 3), (2, 1), (0, 1), 2),
]


def cases(family):
    for shape, kernel, stride, padding, dilation in WINDOWS:
        options = {"kernel": kernel, "padding": padding}
        if stride is not None:
            options["stride"] = stride
        average(family, shape, kernel, stride, padding, options)
        largest(family, family.distinct(*shape), kernel, stride, padding, dilation, options)
    ties = family.integers(0, 1, 2, 5, 5, 1).double()  # of equals the first takes the gradient, in PyTorch as here
    largest(family, ties, 3, 2, 1, 1, {"kernel": 3, "stride": 2, "padding": 1})


def average(family, shape, kernel, stride, padding, options):
    pool = lambda x: nhwc(F.avg_pool2d(nchw(x), kernel, stride, padding))
    x = family.grid(*shape)
    family.record("avgPool2d", pool, {"x": x}, options)
    dz = {"dz": family.grid(*pool(x).shape)}
    spread = lambda dz: adjoint(pool, torch.zeros(shape), dz)
    family.record("avgPool2dGrad", spread, dz, {**options, "inputShape": shape})


def largest(family, x, kernel, stride, padding, dilation, options):
    options = {**options, "dilation": dilation}

    def pool(x, indices=False):
        # contiguous: PyTorch's other kernel, for channels last, need not break ties the same way
        return F.max_pool2d(nchw(x).contiguous(), kernel, stride, padding, dilation, return_indices=indices)

    def at(v, x):
        indices = pool(x, True)[1]
        picked = nchw(v).flatten(2).gather(2, indices.flatten(2))
        return nhwc(picked.reshape(indices.shape))

    def into(dz, x):
        return adjoint(lambda v: at(v, x), torch.zeros_like(x), dz)

    family.record("maxPool2d", lambda x: nhwc(pool(x)), {"x": x}, options)
    family.record("maxPool2dGather", at, {"v": family.grid(*x.shape)}, options, constants={"x": x})
    dz = {"dz": family.grid(*at(x, x).shape)}
    family.record("maxPool2dGrad", into, dz, {**options}, constants={"x": x})
