"""PyTorch as a contestant."""

import math
import os

import torch
import torch.nn.functional as F
from contestant import blas, serve, values

THREADS = int(os.environ["OMP_NUM_THREADS"])

# From NHWC and HWIO to PyTorch's NCHW and OIHW, and back.
IN = {"NHWC": (0, 3, 1, 2), "HWIO": (3, 2, 0, 1)}
BACK = {"NHWC": (0, 2, 3, 1), "HWIO": (2, 3, 1, 0)}


def upload(given, seed):
    x = torch.from_numpy(values(given, seed))
    if x.dtype == torch.int32:
        x = x.long()
    layout = given.get("layout")
    return x if layout is None else x.permute(IN[layout]).contiguous()


def sample(z, layout=None):
    if layout is not None:
        z = z.permute(BACK[layout])
    flat = z.detach().reshape(-1)
    return flat[:: math.ceil(flat.numel() / 1000) | 1].tolist()


def backward(x, w, dz, attrs, wanted):
    stride, padding = [attrs["stride"]] * 2, [attrs["padding"]] * 2
    grads = torch.ops.aten.convolution_backward(
        dz, x, w, [0], stride, padding, [1, 1], False, [0, 0], 1, [wanted == "x", wanted == "w", False]
    )
    return grads[0 if wanted == "x" else 1]


def empty_like(attrs, name, layout):
    return torch.empty([attrs[name][axis] for axis in IN[layout]])


def pool_backward(dz, x):
    _, index = F.max_pool2d(x, 2, return_indices=True)
    return torch.ops.aten.max_pool2d_with_indices_backward(dz, x, [2, 2], [2, 2], [0, 0], [1, 1], False, index)


OPS = {
    "matmul": lambda x, a: (x[0].t() if a["transposeA"] else x[0]) @ (x[1].t() if a["transposeB"] else x[1]),
    "conv2d": lambda x, a: F.conv2d(x[0], x[1], stride=a["stride"], padding=a["padding"]),
    "conv2dInputGrad": lambda x, a: backward(empty_like(a, "xShape", "NHWC"), x[1], x[0], a, "x"),
    "conv2dWeightGrad": lambda x, a: backward(x[0], empty_like(a, "wShape", "HWIO"), x[1], a, "w"),
    "add": lambda x, a: x[0] + x[1],
    "mul": lambda x, a: x[0] * x[1],
    "relu": lambda x, a: torch.relu(x[0]),
    "exp": lambda x, a: torch.exp(x[0]),
    "log": lambda x, a: torch.log(x[0]),
    "tanh": lambda x, a: torch.tanh(x[0]),
    "sigmoid": lambda x, a: torch.sigmoid(x[0]),
    "sumAll": lambda x, a: x[0].sum(),
    "sum": lambda x, a: x[0].sum(a["axis"]),
    "max": lambda x, a: x[0].amax(a["axis"]),
    "logSumExp": lambda x, a: x[0].logsumexp(a["axis"]),
    "softmax": lambda x, a: x[0].softmax(a["axis"]),
    "maxPool2d": lambda x, a: F.max_pool2d(x[0], 2),
    "maxPool2dGrad": lambda x, a: pool_backward(x[0], x[1]),
    "permute": lambda x, a: x[0].permute(a["axes"]).contiguous(),
    "gather": lambda x, a: x[0][x[1]],
}


class Op:
    def __init__(self, case):
        if case["op"] not in OPS:
            raise NotImplementedError(f"has no {case['op']}")
        self.op, self.attrs, self.layout = OPS[case["op"]], case["attrs"], case.get("outputLayout")
        self.inputs = [upload(given, i) for i, given in enumerate(case["inputs"])]
        self.z = None

    def call(self):
        self.z = None
        with torch.no_grad():
            self.z = self.op(self.inputs, self.attrs)

    def outputs(self):
        return [sample(self.z, self.layout)]


class Step:
    """The training step of cases/step.ts."""

    def __init__(self, case):
        attrs, inputs = case["attrs"], case["inputs"]
        self.s = attrs["s"]
        self.layouts = [given.get("layout") for given in inputs[2:]]
        self.x, self.y = upload(inputs[0], 0), upload(inputs[1], 1)
        self.parameters = [upload(given, i + 2).requires_grad_() for i, given in enumerate(inputs[2:])]
        self.before = [p.detach().clone() for p in self.parameters]
        self.optimizer = torch.optim.SGD(self.parameters, lr=attrs["lr"], momentum=attrs["momentum"])

    def call(self):
        w1, b1, w2, b2, w3, b3, fc, b, W = self.parameters
        z = F.conv2d(self.x, w1, b1, padding=1).relu()
        z = F.conv2d(z, w2, b2, stride=2, padding=1).relu()
        z = F.conv2d(z, w3, b3, stride=2, padding=1).relu()
        embedding = z.permute(0, 2, 3, 1).flatten(1) @ fc + b
        loss = F.cross_entropy(self.s * F.normalize(embedding) @ F.normalize(W).t(), self.y)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.loss = loss.item()

    def outputs(self):
        moves = [p.detach() - before for p, before in zip(self.parameters, self.before)]
        return [[self.loss]] + [sample(move, layout) for move, layout in zip(moves, self.layouts)]


def forward(steps, z, parameters, training):
    """The net of cases/plan.ts, which flattens images as NHWC lie."""
    for step in steps:
        z = LAYERS[step["kind"]](z, [parameters[i] for i in step["tensors"]], step, training, parameters)
    return z


def residual(z, _, step, training, parameters):
    shortcut = forward(step.get("shortcut", []), z, parameters, training)
    return shortcut + forward(step["branch"], z, parameters, training)


def batch_norm(z, p, step, training, _):
    mean, variance = (None, None) if training else (torch.zeros_like(p[0]), torch.ones_like(p[0]))
    return F.batch_norm(z, mean, variance, p[0], p[1], training, eps=step["eps"])


LAYERS = {
    "conv2d": lambda z, p, a, *_: F.conv2d(z, *p, stride=a["stride"], padding=a["padding"]),
    "linear": lambda z, p, *_: torch.addmm(p[1], z, p[0]),
    "batchNorm": batch_norm,
    "prelu": lambda z, p, *_: F.prelu(z, p[0]),
    "relu": lambda z, *_: torch.relu(z),
    "leakyRelu": lambda z, p, a, *_: F.leaky_relu(z, a["slope"]),
    "maxPool2d": lambda z, p, a, *_: F.max_pool2d(z, a["kernel"], a["stride"], a["padding"]),
    "globalAvgPool": lambda z, *_: z.mean((2, 3)),
    "flatten": lambda z, *_: z.permute(0, 2, 3, 1).flatten(1),
    "residual": residual,
}


class NetStep:
    """The training step of cases/net.ts."""

    def __init__(self, case):
        attrs, inputs = case["attrs"], case["inputs"]
        self.s, self.steps = attrs["s"], case["net"]["steps"]
        self.layouts = [given.get("layout") for given in inputs[2:]]
        self.x, self.y = upload(inputs[0], 0), upload(inputs[1], 1)
        self.parameters = [upload(given, i + 2).requires_grad_() for i, given in enumerate(inputs[2:])]
        self.before = self.samples()
        self.optimizer = torch.optim.SGD(self.parameters, lr=attrs["lr"], momentum=attrs["momentum"])

    def samples(self):
        return [sample(p, layout) for p, layout in zip(self.parameters, self.layouts)]

    def call(self):
        *net, W = self.parameters
        embedding = forward(self.steps, self.x, net, True)
        loss = F.cross_entropy(self.s * F.normalize(embedding) @ F.normalize(W).t(), self.y)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.loss = loss.item()

    def outputs(self):
        moves = [[b - a for a, b in zip(*pair)] for pair in zip(self.before, self.samples())]
        return [[self.loss]] + moves


class NetInfer:
    """The inference of cases/net.ts."""

    def __init__(self, case):
        self.steps = case["net"]["steps"]
        self.x, *self.parameters = [upload(given, i) for i, given in enumerate(case["inputs"])]

    def call(self):
        with torch.inference_mode():
            self.z = forward(self.steps, self.x, self.parameters, False)

    def outputs(self):
        return [sample(self.z)]


KINDS = {"step": Step, "netStep": NetStep, "netInfer": NetInfer}


def prepare(case):
    return KINDS.get(case["op"], Op)(case)


torch.set_num_threads(THREADS)
torch.ones(2, 2) @ torch.ones(2, 2)
NO_MKLDNN = None if torch.backends.mkldnn.is_available() else "without MKLDNN"
serve(torch.__version__, "; ".join(filter(None, [NO_MKLDNN, blas()])) or None, prepare)
