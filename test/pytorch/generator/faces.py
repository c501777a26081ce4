"""The published nets of faces and of people, narrow, under the names that their weights have in published files.

Each net is written from its paper, with the names of the authors' modules. Weights are too many to store: both sides
compute them (`weights`). A row holds the names and shapes of the state, z of x = numbers(0), and for dz = numbers(1)
every n-th number of the gradient in x and the inner product of the k-th gradient in a weight with numbers(k). x is [N,H,W,C].
"""

import torch
from torch import nn

from .record import packed


def numbers(k, *shape):
    """v_i = ((31 i^2 + 17 i + 101 k) mod 251 - 125) / 128: whole numbers over a power of 2, the same in any language."""
    i = torch.arange(int(torch.tensor(shape).prod()))
    return (((31 * i * i + 17 * i + 101 * k) % 251 - 125).double() / 128).reshape(shape)


def weights(k, name, shape):
    """Of the k-th tensor of the state: `numbers` by 2^floor(log2(fan in) / 2) where there is a fan in; variances 1 + v / 2,
    other vectors called weight (3 + v) / 4, biases and means v / 4."""
    v = numbers(k, *shape)
    if len(shape) > 1:
        fan_in = int(torch.tensor(shape[1:]).prod())
        return v / 2 ** ((fan_in.bit_length() - 1) // 2)
    if name.endswith("running_var"):
        return 1 + v / 2
    return (3 + v) / 4 if name.endswith("weight") else v / 4


def fill(net):
    """`weights` in the whole state, in its order; counters are left out."""
    state = {name: t for name, t in net.state_dict().items() if not name.endswith("num_batches_tracked")}
    with torch.no_grad():
        for k, (name, t) in enumerate(state.items()):
            t.copy_(weights(k, name, tuple(t.shape)))
    return state


def conv(a, b, kernel, stride=1, groups=1, bias=False, padding=None):
    return nn.Conv2d(a, b, kernel, stride, (kernel - 1) // 2 if padding is None else padding, 1, groups, bias)


class IResidual(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(a)
        self.conv1 = conv(a, b, 3)
        self.bn2 = nn.BatchNorm2d(b)
        self.prelu = nn.PReLU(b)
        self.conv2 = conv(b, b, 3, stride)
        self.bn3 = nn.BatchNorm2d(b)
        if stride > 1 or a != b:
            self.downsample = nn.Sequential(conv(a, b, 1, stride), nn.BatchNorm2d(b))

    def forward(self, x):
        z = self.bn3(self.conv2(self.prelu(self.bn2(self.conv1(self.bn1(x))))))
        return z + (self.downsample(x) if hasattr(self, "downsample") else x)


class IResNet(nn.Module):
    """Deng 2019, as InsightFace trains it."""

    def __init__(self, blocks, side, dim=512, width=64):
        super().__init__()
        self.conv1 = conv(3, width, 3)
        self.bn1 = nn.BatchNorm2d(width)
        self.prelu = nn.PReLU(width)
        a = width
        for i, count in enumerate(blocks):
            b = width * 2**i
            stage = [IResidual(a if j == 0 else b, b, 2 if j == 0 else 1) for j in range(count)]
            setattr(self, f"layer{i + 1}", nn.Sequential(*stage))
            a = b
        self.bn2 = nn.BatchNorm2d(a)
        self.fc = nn.Linear(a * side[0] * side[1], dim)
        self.features = nn.BatchNorm1d(dim)
        self.features.weight.requires_grad = False

    def forward(self, x):
        z = self.prelu(self.bn1(self.conv1(x)))
        for i in range(1, 5):
            z = getattr(self, f"layer{i}")(z)
        return self.features(self.fc(self.bn2(z).flatten(1)))


class Layers(nn.Module):
    """Modules under `layers`, with x added where the net says so."""

    def __init__(self, *modules, residual=False):
        super().__init__()
        self.layers = nn.Sequential(*modules)
        self.residual = residual

    def forward(self, x):
        return x + self.layers(x) if self.residual else self.layers(x)


def linear_block(a, b, kernel=1, stride=1, groups=1, padding=None):
    return Layers(conv(a, b, kernel, stride, groups, padding=padding), nn.BatchNorm2d(b))


def conv_block(a, b, kernel=1, stride=1, groups=1):
    return Layers(conv(a, b, kernel, stride, groups), nn.BatchNorm2d(b), nn.PReLU(b))


def inverted(a, within, b, stride=1, residual=False):
    return Layers(
        conv_block(a, within), conv_block(within, within, 3, stride, within), linear_block(within, b), residual=residual
    )


def inverted_stage(count, n, within):
    return Layers(*[inverted(n, within, n, residual=True) for _ in range(count)])


class MobileFaceNet(nn.Module):
    """Chen 2018, as InsightFace writes it."""

    def __init__(self, side, dim=128, width=64, scale=1, blocks=(1, 4, 6, 2)):
        super().__init__()
        first, second, last = width * scale, 2 * width * scale, 8 * width
        self.layers = nn.ModuleList(
            [
                conv_block(3, first, 3, 2),
                conv_block(first, first, 3, groups=width)
                if blocks[0] == 1
                else inverted_stage(blocks[0], first, 2 * width),
                inverted(first, 2 * width, first, 2),
                inverted_stage(blocks[1], first, 2 * width),
                inverted(first, 4 * width, second, 2),
                inverted_stage(blocks[2], second, 4 * width),
                inverted(second, 8 * width, second, 2),
                inverted_stage(blocks[3], second, 4 * width),
            ]
        )
        self.conv_sep = conv_block(second, last)
        self.features = Layers(
            linear_block(last, last, side, groups=last, padding=0),
            nn.Flatten(),
            nn.Linear(last, dim, bias=False),
            nn.BatchNorm1d(dim),
        )

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.features(self.conv_sep(x))


class Bottleneck(nn.Module):
    def __init__(self, a, within, stride):
        super().__init__()
        b = 4 * within
        self.conv1, self.bn1 = conv(a, within, 1), nn.BatchNorm2d(within)
        self.conv2, self.bn2 = conv(within, within, 3, stride), nn.BatchNorm2d(within)
        self.conv3, self.bn3 = conv(within, b, 1), nn.BatchNorm2d(b)
        if stride > 1 or a != b:
            self.downsample = nn.Sequential(conv(a, b, 1, stride), nn.BatchNorm2d(b))

    def forward(self, x):
        z = self.bn1(self.conv1(x)).relu()
        z = self.bn2(self.conv2(z)).relu()
        return (self.bn3(self.conv3(z)) + (self.downsample(x) if hasattr(self, "downsample") else x)).relu()


class ResNet(nn.Module):
    """He 2016, down to the maps."""

    def __init__(self, width=64, blocks=(3, 4, 6, 3), last=1):
        super().__init__()
        self.conv1 = conv(3, width, 7, 2)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        a = width
        for i, count in enumerate(blocks):
            within, stride = width * 2**i, [1, 2, 2, last][i]
            stage = [Bottleneck(a if j == 0 else 4 * within, within, stride if j == 0 else 1) for j in range(count)]
            setattr(self, f"layer{i + 1}", nn.Sequential(*stage))
            a = 4 * within
        self.channels = a

    def forward(self, x):
        z = self.maxpool(self.bn1(self.conv1(x)).relu())
        for i in range(1, 5):
            z = getattr(self, f"layer{i}")(z)
        return z


class Reid(nn.Module):
    """Luo 2019."""

    def __init__(self, **options):
        super().__init__()
        self.base = ResNet(**options)
        self.bottleneck = nn.BatchNorm1d(self.base.channels)
        self.bottleneck.bias.requires_grad = False

    def forward(self, x):
        return self.bottleneck(self.base(x).mean((2, 3)))


class Mfm(nn.Module):
    def __init__(self, filter):
        super().__init__()
        self.filter = filter

    def forward(self, x):
        return torch.maximum(*self.filter(x).chunk(2, 1))


class Group(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.conv_a = Mfm(conv(a, 2 * a, 1, bias=True))
        self.conv = Mfm(conv(a, 2 * b, 3, bias=True))

    def forward(self, x):
        return self.conv(self.conv_a(x))


class LightCnn9(nn.Module):
    """Wu 2018, down to the embedding."""

    def __init__(self, side, dim=256, width=48):
        super().__init__()
        last = width // 3 * 8
        self.features = nn.Sequential(
            Mfm(conv(1, 2 * width, 5, bias=True)),
            nn.MaxPool2d(2),
            Group(width, 2 * width),
            nn.MaxPool2d(2),
            Group(2 * width, 4 * width),
            nn.MaxPool2d(2),
            Group(4 * width, last),
            Group(last, last),
            nn.MaxPool2d(2),
        )
        self.fc1 = Mfm(nn.Linear(last * side[0] * side[1], 2 * dim))

    def forward(self, x):
        return self.fc1(self.features(x).flatten(1))


IR_BLOCKS = {18: (2, 2, 2, 2), 50: (3, 4, 14, 3)}


def ceil(n, by):
    return -(-n // by)


def twin(op, input, depth=18, lastStride=1, **options):
    """The net that `op` of ours makes with these options."""
    height, width, _ = input
    side = (ceil(height, 16), ceil(width, 16))
    if op == "irNet":
        return IResNet(IR_BLOCKS[depth], side, **options)
    if op == "mobileFaceNet":
        return MobileFaceNet(side, **options)
    if op == "resNet50":
        return Reid(last=lastStride, **options)
    return LightCnn9((height // 16, width // 16), **options)


NARROW = [
    ("irNet", {"input": [35, 18, 3], "dim": 5, "width": 2}),
    ("irNet", {"input": [17, 16, 3], "dim": 3, "width": 2, "depth": 50}),
    ("mobileFaceNet", {"input": [33, 48, 3], "dim": 5, "width": 3}),
    ("mobileFaceNet", {"input": [32, 33, 3], "dim": 4, "width": 2, "scale": 2, "blocks": [2, 1, 2, 1]}),
    ("mobileFaceNet", {"input": [18, 17, 3], "dim": 4, "width": 3, "scale": 2, "blocks": [1, 1, 1, 1]}),
    ("resNet50", {"input": [33, 18, 3], "width": 3}),
    ("resNet50", {"input": [40, 33, 3], "width": 2, "blocks": [2, 1, 1, 1], "lastStride": 2}),
    ("lightCnn9", {"input": [32, 48, 1], "dim": 4, "width": 3}),
]


KEPT = 200  # numbers of the gradient in x that are stored


def cases(family):
    for op, options in NARROW:
        net = twin(op, **options).eval()
        state = fill(net)
        x = numbers(0, 2, *options["input"]).requires_grad_()
        z = net(x.movedim(-1, 1))
        trained = [p for p in net.parameters() if p.requires_grad]
        dx, *grads = torch.autograd.grad(z, [x, *trained], numbers(1, *z.shape))
        names = [name for name, p in net.named_parameters() if p.requires_grad]
        along = [(g * numbers(k, *g.shape)).sum().item() for k, g in enumerate(grads)]
        row = {"op": op, "options": options, "state": {name: list(t.shape) for name, t in state.items()}}
        row |= {"z": packed(z), "dx": dx.reshape(-1)[:: -(-dx.numel() // KEPT)].tolist()}
        family.rows.append({**row, "along": dict(zip(names, along))})
