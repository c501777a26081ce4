"""Windows with padding on one side, ceil mode, and averages of what lies on the image alone. Ours is NHWC."""

import torch
import torch.nn.functional as F

from .products import nchw, nhwc

# x[N,H,W,C], kernel, stride, padding
CEILED = [((2, 5, 6, 2), 2, 2, 0), ((1, 6, 7, 2), 3, 2, 1), ((1, 8, 5, 1), (4, 3), (3, 2), (2, 1))]
SIDES = [((1, 2), (0, 2)), ((2, 0), (1, 0))]


def cases(family):
    for shape, kernel, stride, padding in CEILED:
        for ceil in (False, True):
            options = {"kernel": kernel, "stride": stride, "padding": padding, "ceilMode": ceil}
            largest = lambda x: nhwc(F.max_pool2d(nchw(x), kernel, stride, padding, ceil_mode=ceil))
            family.record("maxPool2d", largest, {"x": family.distinct(*shape)}, options)
            for counted in (False, True):
                mean = lambda x: nhwc(F.avg_pool2d(nchw(x), kernel, stride, padding, ceil, counted))
                family.record("avgPool2d", mean, {"x": family.grid(*shape)}, {**options, "countIncludePad": counted})
    for sides in SIDES:
        convolutions(family, sides)
        (top, bottom), (left, right) = sides
        around = lambda x, value: F.pad(x, (left, right, top, bottom), value=value)
        options = {"kernel": 3, "stride": 2, "padding": sides}
        largest = lambda x: nhwc(F.max_pool2d(around(nchw(x), -100.0), 3, 2))
        family.record("maxPool2d", largest, {"x": family.distinct(1, 5, 6, 2)}, options)
        mean = lambda x: nhwc(F.avg_pool2d(around(nchw(x), 0.0), 3, 2))
        family.record("avgPool2d", mean, {"x": family.grid(1, 5, 6, 2)}, options)


def convolutions(family, sides):
    (top, bottom), (left, right) = sides
    inputs = lambda: {"x": family.grid(2, 4, 5, 2), "w": family.grid(3, 2, 2, 3)}
    for stride, dilation in [(1, 1), (2, 1), ((1, 2), (1, 2))]:
        options = {"stride": stride, "dilation": dilation, "padding": sides}

        def convolved(x, w):
            padded = F.pad(nchw(x), (left, right, top, bottom))
            return nhwc(F.conv2d(padded, w.permute(3, 2, 0, 1), stride=stride, dilation=dilation))

        family.record("conv2d", convolved, inputs(), options)

    def enlarged(x, w):  # w[KH,KW,O,C]: what the padding cuts off is cut off after
        z = F.conv_transpose2d(nchw(x), w.permute(3, 2, 0, 1), stride=2)
        return nhwc(z[:, :, top : z.shape[2] - bottom, left : z.shape[3] - right])

    transposed = {"x": family.grid(1, 3, 4, 3), "w": family.grid(3, 3, 2, 3)}
    family.record("convTranspose2d", enlarged, transposed, {"stride": 2, "padding": sides})
