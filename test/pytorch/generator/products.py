"""matmul and the convolutions. Ours are NHWC by HWIO, PyTorch's NCHW by OIHW: the functions below permute inside, so
that every recorded array, gradients included, is in our layout."""

import torch
import torch.nn.functional as F

CONVOLUTIONS = [  # x[N,H,W,C], kernel, output channels, stride, padding, dilation, groups
    ((2, 5, 4, 3), (3, 3), 2, 1, 0, 1, 1),
    ((1, 6, 5, 2), (3, 2), 3, 2, 1, 1, 1),
    ((2, 7, 6, 2), (2, 3), 4, (2, 1), (1, 2), (2, 1), 2),
    ((1, 5, 5, 4), (3, 3), 4, 2, 1, 1, 4),
    ((1, 7, 7, 4), (3, 3), 6, 3, 2, 2, 2),
    ((3, 2, 3, 5), (1, 1), 2, 1, 0, 1, 1),
]

TRANSPOSED = [  # x[N,H,W,C], kernel, output channels, stride, padding, output padding, dilation, groups
    ((2, 3, 4, 3), (3, 3), 2, 1, 0, 0, 1, 1),
    ((1, 3, 2, 2), (3, 3), 3, 2, 1, 1, 1, 1),
    ((2, 2, 3, 4), (2, 3), 4, (3, 2), (0, 1), (2, 0), (1, 2), 2),
    ((1, 3, 3, 3), (4, 2), 3, 2, (1, 0), (0, 1), 1, 3),
]


def cases(family):
    products(family)
    for case in CONVOLUTIONS:
        convolve(family, *case)
    for case in TRANSPOSED:
        transposed(family, *case)
    for case in CONVOLUTIONS:
        biased(family, *case)
    einsums(family)


def products(family):
    for lead_a, lead_b, (m, k, n) in [
        ((), (), (3, 4, 2)),
        ((2,), (2,), (2, 3, 4)),
        ((2, 3), (3,), (2, 1, 3)),
        ((2, 1), (3,), (1, 4, 2)),
        ((), (2, 2), (3, 2, 1)),
    ]:
        for ta in (False, True):
            for tb in (False, True):
                a = family.grid(*lead_a, *((k, m) if ta else (m, k)))
                b = family.grid(*lead_b, *((n, k) if tb else (k, n)))
                options = {"transposeA": ta, "transposeB": tb}
                product = lambda a, b, ta=ta, tb=tb: (a.mT if ta else a) @ (b.mT if tb else b)
                family.record("matmul", product, {"a": a, "b": b}, options)


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def oihw(w):
    return w.permute(3, 2, 0, 1)


def adjoint(f, x, dz):
    """The adjoint of the linear f, as a function that can be differentiated in dz and in what else f uses."""
    x = x.clone().requires_grad_()
    return torch.autograd.grad(f(x), x, dz, create_graph=True)[0]


def convolve(family, shape, kernel, out, stride, padding, dilation, groups):
    grid, record = family.grid, family.record
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    x, w = grid(*shape), grid(*kernel, shape[-1] // groups, out)

    def conv2d(x, w):
        return nhwc(F.conv2d(nchw(x), oihw(w), None, stride, padding, dilation, groups))

    dz = grid(*conv2d(x, w).shape)
    record("conv2d", conv2d, {"x": x, "w": w}, options)
    into_x = lambda dz, w: adjoint(lambda x: conv2d(x, w), torch.zeros_like(x), dz)
    record("conv2dInputGrad", into_x, {"dz": dz, "w": w}, {**options, "inputShape": shape})
    into_w = lambda x, dz: adjoint(lambda w: conv2d(x, w), torch.zeros_like(w), dz)
    record("conv2dWeightGrad", into_w, {"x": x, "dz": dz}, {**options, "weightShape": list(w.shape)})


def biased(family, shape, kernel, out, stride, padding, dilation, groups):
    def conv2d(x, w, bias):
        return nhwc(F.conv2d(nchw(x), oihw(w), bias, stride, padding, dilation, groups))

    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    inputs = {"x": family.grid(*shape), "w": family.grid(*kernel, shape[-1] // groups, out), "bias": family.grid(out)}
    family.record("conv2dBias", conv2d, inputs, options)


def transposed(family, shape, kernel, out, stride, padding, extra, dilation, groups):
    def enlarge(x, w):  # PyTorch's w[C, O / groups, KH, KW]; ours w[KH, KW, O / groups, C]
        return nhwc(F.conv_transpose2d(nchw(x), oihw(w), None, stride, padding, extra, groups, dilation))

    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups, "outputPadding": extra}
    inputs = {"x": family.grid(*shape), "w": family.grid(*kernel, out // groups, shape[-1])}
    family.record("convTranspose2d", enlarge, inputs, options)


def einsums(family):
    for equation, *shapes in [
        ("ij->ji", (3, 4)),
        ("ij->i", (3, 4)),
        ("...ii->...i", (3, 5, 5)),
        ("i,i", (5,), (5,)),
        ("bij, bjk -> bik", (5, 2, 3), (5, 3, 4)),
        ("->", ()),
        ("ij,kj->ki", (2, 3), (4, 3)),
        ("ij,ij->j", (2, 3), (2, 3)),
        ("b,a", (2,), (3,)),
        ("...ij,jk->...ik", (2, 1, 3, 2), (2, 4)),
        ("a...,...b->b...", (2, 3, 1), (1, 2, 4)),
        ("ik,jkl,il->ij", (2, 3), (4, 3, 2), (2, 2)),
        ("iji,j->j", (2, 3, 2), (3,)),
        ("ab,cd,ac->bd", (2, 3), (3, 2), (2, 3)),
    ]:
        f = lambda equation=equation, **xs: torch.einsum(equation, *xs.values())
        family.record("einsum", f, {f"x{i}": family.grid(*s) for i, s in enumerate(shapes)}, {"equation": equation})
