"""Reductions, softmax, norms, standardisation.

Left out, where our documented choice is another than PyTorch's: normalize at a zero vector (F.normalize passes on
dz / eps there, ours gives 0) and of vectors no longer than eps. A batchNorm in evaluation has no gradient in its
statistics in PyTorch, so they are constants here.
"""

import torch
import torch.nn.functional as F

SHAPES = [((5,), None), ((2, 3), 0), ((2, 3), -1), ((2, 3, 4), (0, 2)), ((2, 1, 3, 2), (1, -2))]


def cases(family):
    for shape, axis in SHAPES:
        for keep in (False, True):
            reduce(family, shape, axis, keep)
    ties(family)
    along(family)
    standardize(family)
    products(family)
    largest(family)
    smallest(family)


def smallest(family):
    for shape, axis in [((4,), -1), ((3, 5), 0), ((2, 3, 4), 1)]:
        apart = {"x": family.distinct(*shape)}
        family.record("argmin", lambda x, a=axis: x.argmin(a), {}, {"axis": axis}, constants=apart)


def reduce(family, shape, axis, keep):
    grid, record = family.grid, family.record
    options = {"keepDims": keep} if axis is None else {"keepDims": keep, "axis": axis}
    dim = tuple(range(len(shape))) if axis is None else axis
    x = {"x": grid(*shape)}
    record("sum", lambda x: x.sum(dim, keep), x, options)
    record("mean", lambda x: x.mean(dim, keep), x, options)
    record("logSumExp", lambda x: x.logsumexp(dim, keep), {"x": grid(*shape, low=-6, high=6)}, options)
    apart = {"x": family.distinct(*shape)}
    record("max", lambda x: x.amax(dim, keep), apart, options)
    record("min", lambda x: x.amin(dim, keep), apart, options)
    for correction in (0, 1):
        several = {"x": grid(*(n + 1 for n in shape))}
        var = lambda x, c=correction: x.var(dim, unbiased=c == 1, keepdim=keep)
        record("variance", var, several, {**options, "correction": correction})


def ties(family):
    x = {"x": torch.tensor([[3.0, 1.0, 3.0], [0.0, 0.0, 0.0], [-1.0, 2.0, -1.0]])}
    for axis in (0, 1):  # equals share the gradient, in PyTorch's amax and amin as here
        family.record("max", lambda x, a=axis: x.amax(a), x, {"axis": axis}, order=1)
        family.record("min", lambda x, a=axis: x.amin(a), x, {"axis": axis}, order=1)
        family.record("argmax", lambda x, a=axis: x.argmax(a), {}, {"axis": axis}, constants=x)  # the first wins
    for shape, axis in [((4,), -1), ((3, 5), 0), ((2, 3, 4), 1)]:
        apart = {"x": family.distinct(*shape)}
        family.record("argmax", lambda x, a=axis: x.argmax(a), {}, {"axis": axis}, constants=apart)


def along(family):
    grid, record = family.grid, family.record
    for shape, axis in [((5,), 0), ((3, 4), -1), ((3, 4), 0), ((2, 3, 2), 1)]:
        option = {"axis": axis}
        softmax = lambda x, a=axis: F.softmax(x, a)
        log_softmax = lambda x, a=axis: F.log_softmax(x, a)
        x = {"x": grid(*shape, low=-4, high=4)}
        record("softmax", softmax, x, option)
        record("logSoftmax", log_softmax, x, option)
        # Some probabilities vanish beside others. What is left of the other gradients there is rounding.
        far = {"x": grid(*shape, low=-40, high=40)}
        record("softmax", softmax, {}, option, constants=far)
        record("logSoftmax", log_softmax, far, option, order=1)
        length = lambda x, a=axis: torch.linalg.vector_norm(x, dim=a, keepdim=True)
        record("norm", length, {"x": grid(*shape)}, option)
        record("normalize", lambda x, a=axis: F.normalize(x, dim=a), {"x": grid(*shape)}, option)
    zero_row = {"x": torch.tensor([[3.0, -4.0], [0.0, 0.0]])}  # the slope at 0 is 0, in PyTorch as here
    record("norm", lambda x: torch.linalg.vector_norm(x, dim=1, keepdim=True), zero_row, {"axis": 1}, order=1)


def channels_first(x):
    return x.movedim(-1, 1)


def standardize(family):
    grid, record = family.grid, family.record
    for shape in [(6, 3), (2, 3, 2, 4), (4, 2, 3)]:
        c = shape[-1]
        for eps in (1e-5, 1e-2):
            inputs = {"x": grid(*shape), "gamma": grid(c), "beta": grid(c)}

            def train(x, gamma, beta, eps=eps):
                z = F.batch_norm(channels_first(x), None, None, gamma, beta, training=True, eps=eps)
                return z.movedim(1, -1)

            def evaluate(x, gamma, beta, mean, variance, eps=eps):
                z = F.batch_norm(channels_first(x), mean, variance, gamma, beta, training=False, eps=eps)
                return z.movedim(1, -1)

            record("batchNormTraining", train, inputs, {"eps": eps})
            statistics = {"mean": grid(c), "variance": grid(c, low=0.25, high=3)}
            record("batchNormInference", evaluate, inputs, {"eps": eps}, constants=statistics)
            norm = lambda x, gamma, beta, eps=eps: F.layer_norm(x, [x.shape[-1]], gamma, beta, eps)
            record("layerNorm", norm, inputs, {"eps": eps})


def products(family):
    """PyTorch reduces by one axis; any and all say True."""
    grid, record = family.grid, family.record
    with_zeros = lambda *shape: grid(*shape) * family.integers(0, 4, *shape).clamp(max=1)
    for shape, axis in [((5,), 0), ((2, 3), -1), ((3, 2, 4), 1), ((2, 3, 7), 2)]:
        for keep in (False, True):
            options = {"axis": axis, "keepDims": keep}
            record("prod", lambda x, a=axis, k=keep: x.prod(a, k), {"x": grid(*shape)}, options)
            record("any", lambda x, a=axis, k=keep: x.any(a, k).double(), {}, options, constants={"x": with_zeros(*shape)})
            record("all", lambda x, a=axis, k=keep: x.all(a, k).double(), {}, options, constants={"x": with_zeros(*shape)})
        for reverse in (False, True):
            options = {"axis": axis, "reverse": reverse}
            turn = lambda x, a=axis, r=reverse: x.flip(a) if r else x
            record("cumsum", lambda x, a=axis, t=turn: t(t(x).cumsum(a)), {"x": grid(*shape)}, options)
            record("cumprod", lambda x, a=axis, t=turn: t(t(x).cumprod(a)), {"x": grid(*shape)}, options)
    for zeros in (1, 2):  # of the first order: PyTorch 1.13 has no second there
        x = {"x": torch.tensor([[0.0, 2.0, 3.0, -1.5], [0.5, 0.0, float(zeros == 1), 4.0]])}
        record("prod", lambda x: x.prod(1), x, {"axis": 1}, order=1)
        record("cumprod", lambda x: x.cumprod(1), x, {"axis": 1}, order=1)


def largest(family):
    for shape, axis, k in [((6,), 0, 3), ((3, 5), 0, 2), ((2, 4, 3), 1, 4), ((2, 50), -1, 40)]:
        for up in (True, False):
            top = lambda x, k=k, a=axis, up=up: x.topk(k, a, up)[0]
            family.record("topk", top, {"x": family.distinct(*shape)}, {"k": k, "axis": axis, "largest": up})
