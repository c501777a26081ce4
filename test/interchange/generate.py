"""Writes cases/: files as PyTorch and NumPy users have them, for the tests beside this to read.

    python3 test/interchange/generate.py         # needs torch, safetensors and numpy; the same bytes on every run
    python3 test/interchange/generate.py FILE    # instead, loads FILE, our mixed.safetensors, into the same net

`mixed` is a net of named layers with a residual block, `numbered` a plain nn.Sequential that is the part `net` of a model.
Both flatten a map before a linear layer.
"""

import json
import pathlib
import sys
from collections import OrderedDict

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

CASES = pathlib.Path(__file__).parent / "cases"


class Residual(nn.Module):
    def __init__(self, branch, shortcut):
        super().__init__()
        self.branch = branch
        self.shortcut = shortcut

    def forward(self, x):
        return self.shortcut(x) + self.branch(x)


class Model(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net
        self.classes = nn.Linear(2, 3)


def named(**layers):
    return nn.Sequential(OrderedDict(layers))


def mixed():
    branch = named(
        conv=nn.Conv2d(6, 4, (3, 1), padding=(1, 0), dilation=1, bias=False), bn=nn.BatchNorm2d(4, eps=1e-3)
    )
    return named(
        conv1=nn.Conv2d(2, 6, 3, stride=(1, 2), padding=(2, 1), dilation=(2, 1), groups=2),
        bn1=nn.BatchNorm2d(6),
        act1=nn.PReLU(6),
        block=Residual(branch, named(conv=nn.Conv2d(6, 4, 1))),
        act2=nn.LeakyReLU(0.1),
        pool1=nn.MaxPool2d(2, stride=1),
        pool2=nn.AvgPool2d((2, 3), stride=(2, 1), padding=(0, 1)),
        flatten=nn.Flatten(),
        bn2=nn.BatchNorm1d(3 * 2 * 4),
        act3=nn.PReLU(24),
        drop=nn.Dropout(0.5),
        fc1=nn.Linear(24, 5),
        act4=nn.GELU(),
        fc2=nn.Linear(5, 3, bias=False),
    )


def numbered():
    return nn.Sequential(nn.Conv2d(1, 3, 2), nn.ReLU(), nn.Flatten(), nn.Linear(3 * 3 * 2, 2))


def draw(module, x):
    """Vectors that start as ones and zeros get values of their own; batch norm sees two batches."""
    for p in module.parameters():
        if p.ndim == 1:
            nn.init.uniform_(p, 0.25, 1.25)
    module.train()
    for _ in range(2):
        module(torch.randn_like(x))
    return module.eval()


def case(name, module, shape, saved):
    x = torch.randn(2, *shape)
    draw(module, x)
    save_file(saved.state_dict(), CASES / f"{name}.safetensors")
    # Images as [N,H,W,C].
    row = {"x": x.movedim(1, -1), "z": module(x)}
    packed = {k: {"shape": list(v.shape), "data": v.detach().reshape(-1).tolist()} for k, v in row.items()}
    (CASES / f"{name}.jsonl").write_text(json.dumps(packed) + "\n")


def arrays():
    grid = np.arange(6).reshape(2, 3)
    np.save(CASES / "float32.npy", (grid / 4).astype(np.float32))
    np.save(CASES / "float64.npy", grid / 8)
    np.save(CASES / "fortran.npy", np.asfortranarray((grid - 2).astype(np.int32)))
    np.save(CASES / "vector.npy", np.array([1.5, -2], np.float32))
    np.save(CASES / "scalar.npy", np.float64(0.1))
    np.save(CASES / "int64.npy", grid)
    np.save(CASES / "bigEndian.npy", grid.astype(">f4"))


def check(path):
    net = mixed().eval()
    net.load_state_dict(load_file(path), strict=True)
    row = json.loads((CASES / "mixed.jsonl").read_text())
    x, z = (torch.tensor(row[k]["data"]).reshape(row[k]["shape"]) for k in "xz")
    print("largest difference:", (net(x.movedim(-1, 1)) - z).abs().max().item())


if __name__ == "__main__":
    torch.set_num_threads(1)
    if len(sys.argv) > 1:
        check(sys.argv[1])
    else:
        torch.manual_seed(0)
        CASES.mkdir(exist_ok=True)
        net = mixed()
        case("mixed", net, (2, 7, 5), net)
        model = Model(numbered())
        case("numbered", model.net, (1, 4, 3), model)
        arrays()
