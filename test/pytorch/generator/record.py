"""What a case holds, and how it comes from a PyTorch function: values, gradients, gradients of gradients."""

import torch


def packed(x):
    """A tensor as its shape and flat values, as the tests read it back."""
    kind = {} if x.is_floating_point() else {"dtype": "int32"}
    return {"shape": list(x.shape), "data": x.detach().reshape(-1).tolist(), **kind}


class Family:
    """Draws inputs from one seed and gathers the rows of one file."""

    def __init__(self, seed):
        self.rng = torch.Generator().manual_seed(seed)
        self.rows = []

    def integers(self, low, high, *shape):
        """Integers from low to high, both included."""
        return torch.randint(low, high + 1, shape, generator=self.rng)

    def grid(self, *shape, low=-2.0, high=2.0):
        """Odd multiples of 1/128 between low and high: short decimals, exact in binary, never 0 or an integer."""
        first, last = int(low * 64), int(high * 64) - 1
        return (2 * self.integers(first, last, *shape) + 1).double() / 128

    def distinct(self, *shape):
        """Numbers without a tie, in no order."""
        n = int(torch.tensor(shape).prod())
        return ((torch.randperm(n, generator=self.rng) - n // 2).double() / 8 + 1 / 128).reshape(shape)

    def record(self, op, f, inputs, options=None, constants=None, order=2, tiny=False):
        """One case: z = f(inputs, constants), the gradients of <z, dz> in the inputs for a random dz, and, for
        order 2, with random directions v the gradients of sum <grad_i, v_i> in the inputs and in dz.
        `tiny` allows gradients near 0, where that is the point of the case."""
        xs = {name: x.clone().requires_grad_() for name, x in inputs.items()}
        constants = constants or {}
        z = f(**xs, **constants)
        row = {
            "op": op,
            "options": options or {},
            "inputs": {name: packed(x) for name, x in {**inputs, **constants}.items()},
            "z": packed(z),
        }
        if xs:
            row.update(self.gradients(z, xs, order))
            negligible = [name for name, g in row["grads"].items() if max(map(abs, g["data"])) < 1e-3]
            assert tiny or not negligible, f"{op}: the gradient in {negligible} is near 0: the case shows nothing"
        self.rows.append(row)
        return row

    def gradients(self, z, xs, order):
        dz = self.grid(*z.shape).requires_grad_()
        grads = torch.autograd.grad(z, list(xs.values()), dz, create_graph=order == 2)
        row = {"dz": packed(dz), "grads": {name: packed(g) for name, g in zip(xs, grads)}}
        if order == 2:
            v = [self.grid(*g.shape) for g in grads]
            s = sum((g * u).sum() for g, u in zip(grads, v))
            wrt = {**xs, "dz": dz}
            seconds = torch.autograd.grad(s, list(wrt.values()), allow_unused=True)
            # + zeros: where a gradient is 0 PyTorch may give a tensor that has no memory to read
            zeros = [torch.zeros_like(x) for x in wrt.values()]
            seconds = [z if g is None else z + g for z, g in zip(zeros, seconds)]
            row["second"] = {
                "v": {name: packed(u) for name, u in zip(xs, v)},
                "grads": {name: packed(g) for name, g in zip(wrt, seconds)},
            }
        return row
