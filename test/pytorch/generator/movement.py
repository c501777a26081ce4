"""Ops that move values: shapes, axes, slices, padding, joining, gather and its kin."""

import torch
import torch.nn.functional as F


def cases(family):
    grid, record = family.grid, family.record
    for a, b in [((2, 6), (3, 4)), ((2, 3, 2), (-1, 2)), ((4,), (2, 1, 2)), ((1,), ())]:
        record("reshape", lambda x, b=b: x.reshape(b), {"x": grid(*a)}, {"shape": b})
    for a, axes in [((2, 3), (1, 0)), ((2, 3, 4), (2, 0, 1)), ((2, 1, 3, 2), (0, 3, 1, -2))]:
        record("permute", lambda x, p=axes: x.permute(p), {"x": grid(*a)}, {"axes": axes})
    for i, j in [(-2, -1), (0, 2), (1, 1)]:
        record("transpose", lambda x, i=i, j=j: x.transpose(i, j), {"x": grid(2, 3, 4)}, {"axes": (i, j)})
    for a, b in [((3, 1), (3, 4)), ((2,), (3, 2)), ((1, 3, 1), (2, 4, 3, 2)), ((), (2, 2))]:
        record("broadcastTo", lambda x, b=b: x.broadcast_to(b), {"x": grid(*a)}, {"shape": b})
    regions(family)
    joins(family)
    indexing(family)
    turns(family)
    scatters(family)


def regions(family):
    for shape, start, stop, step in [
        ((6,), (1,), (6,), (2,)),
        ((4, 5), (0, -3), (3, 5), (2, 1)),
        ((4, 5), (-4, 1), (-1, -1), (1, 3)),
        ((2, 3, 7), (1, 0, 0), (2, 3, 100), (1, 2, 3)),
    ]:
        cut = tuple(slice(*each) for each in zip(start, stop, step))
        options = {"start": start, "stop": stop, "step": step}
        family.record("slice", lambda x, cut=cut: x[cut], {"x": family.grid(*shape)}, options)
    for shape, before, after, value in [
        ((3,), (2,), (0,), 0.0),
        ((2, 3), (0, 1), (2, 1), -1.5),
        ((2, 1, 3), (1, 0, 2), (0, 3, 1), 0.25),
    ]:
        widths = [n for pair in reversed(list(zip(before, after))) for n in pair]
        enlarge = lambda x, w=widths, v=value: F.pad(x, w, value=v)
        options = {"before": before, "after": after, "value": value}
        family.record("pad", enlarge, {"x": family.grid(*shape)}, options)
    for inner, begin, step, outer, value in [((3,), (1,), (2,), (7,), 0.0), ((2, 3), (0, 2), (3, 1), (5, 6), 0.5)]:
        at = tuple(slice(b, b + (n - 1) * s + 1, s) for b, n, s in zip(begin, inner, step))

        def interior_pad(x, at=at, outer=outer, value=value):
            z = torch.full(outer, value)
            z[at] = x
            return z

        options = {"begin": begin, "step": step, "shape": outer, "value": value}
        family.record("interiorPad", interior_pad, {"x": family.grid(*inner)}, options)


def joins(family):
    grid = family.grid
    for axis, shapes in [(0, [(2, 3), (1, 3)]), (-1, [(2, 1), (2, 3), (2, 2)]), (1, [(2, 2, 3)]), (0, [(1,)] * 4)]:
        cat = lambda axis=axis, **xs: torch.cat(list(xs.values()), axis)
        family.record("concat", cat, {f"x{i}": grid(*s) for i, s in enumerate(shapes)}, {"axis": axis})
    for axis, shape, n in [(0, (2, 3), 2), (1, (2, 3), 3), (-1, (4,), 2), (0, (), 3)]:
        pile = lambda axis=axis, **xs: torch.stack(list(xs.values()), axis)
        family.record("stack", pile, {f"x{i}": grid(*shape) for i in range(n)}, {"axis": axis})


def indexing(family):
    grid = family.grid
    for shape, axis, n in [((5,), 0, 7), ((3, 4), 1, 2), ((3, 4), 0, 5), ((2, 3, 4), -2, 4)]:
        places = list(shape)
        places[axis] = n
        index = {"index": family.integers(0, shape[axis] - 1, *places)}
        take = lambda x, index, a=axis: x.gather(a, index)
        family.record("gather", take, {"x": grid(*shape)}, {"axis": axis}, constants=index)
        add = lambda x, src, index, a=axis: x.scatter_add(a, index, src)
        family.record("scatterAdd", add, {"x": grid(*shape), "src": grid(*places)}, {"axis": axis}, constants=index)
    for shape, depth in [((5,), 3), ((2, 3), 4), ((), 2)]:
        index = {"index": family.integers(0, depth - 1, *shape)}
        encode = lambda index, d=depth: F.one_hot(index, d).double()
        family.record("oneHot", encode, {}, {"depth": depth}, constants=index)


def turns(family):
    for shape, axes in [((5,), [0]), ((2, 3, 4), [0, 2]), ((3, 2), [1])]:
        family.record("reverse", lambda x, a=axes: x.flip(a), {"x": family.grid(*shape)}, {"axis": axes})
    for shape, k in [((3, 4), 0), ((4, 3), 1), ((2, 3, 3), -1), ((2, 5), -1), ((3, 2), 5)]:
        family.record("tril", lambda x, k=k: x.tril(k), {"x": family.grid(*shape)}, {"k": k})
        family.record("triu", lambda x, k=k: x.triu(-k), {"x": family.grid(*shape)}, {"k": -k})


def scatters(family):
    """PyTorch 1.13 has no second order of scatter_reduce, and takes no negative indices: they are added to here."""
    grid, record = family.grid, family.record
    kinds = {"scatterMul": "prod", "scatterMax": "amax", "scatterMin": "amin"}
    for shape, axis, n in [((5,), 0, 3), ((3, 4), 1, 6), ((4, 2, 3), 0, 5)]:
        places = list(shape)
        places[axis] = n
        size = shape[axis]
        index = {"index": family.integers(-size, size - 1, *places)}
        wrapped = lambda index, size=size: index % size
        for name, kind in kinds.items():
            send = lambda x, src, index, a=axis, k=kind, w=wrapped: x.scatter_reduce(a, w(index), src, k)
            inputs = {"x": grid(*shape), "src": grid(*places)}
            record(name, send, inputs, {"axis": axis}, constants=index, order=1, tiny=True)
        # Each place once: PyTorch does not say which of several stays, nor what their gradients are.
        few = torch.stack([torch.randperm(size, generator=family.rng) for _ in range(int(torch.tensor(shape).prod()) // size)])
        once = few.reshape(*[s for i, s in enumerate(shape) if i != axis], size).movedim(-1, axis)
        once = {"index": once.narrow(axis, 0, size - 1).contiguous() - size}
        put = lambda x, src, index, a=axis, w=wrapped: x.scatter(a, w(index), src)
        fewer = list(shape)
        fewer[axis] = size - 1
        record("scatterSet", put, {"x": grid(*shape), "src": grid(*fewer)}, {"axis": axis}, constants=once)
    ties = {"x": torch.tensor([1.0, 2.0, 3.0]), "src": torch.tensor([1.0, 4.0, 4.0, 3.0])}
    for name, kind in {"scatterMax": "amax", "scatterMin": "amin"}.items():
        send = lambda x, src, index, k=kind: x.scatter_reduce(0, index, src, k)
        record(name, send, ties, {"axis": 0}, constants={"index": torch.tensor([0, 1, 1, 2])}, order=1)
    zeros = {"x": torch.tensor([1.0, 2.0, 3.0]), "src": torch.tensor([0.0, 0.0, 5.0, 0.0, 2.0])}
    send = lambda x, src, index: x.scatter_reduce(0, index, src, "prod")
    record("scatterMul", send, zeros, {"axis": 0}, constants={"index": torch.tensor([0, 1, 1, 2, 2])}, order=1, tiny=True)
    for shape, index in [((2, 2), [[0, 0], [-1, 1]]), ((2, 3, 2), [[[0, 1]], [[1, -1]]]), ((3, 4), [[2], [-3], [2]])]:
        index = torch.tensor(index)
        parts = lambda index: tuple(index.movedim(-1, 0))
        record("gatherND", lambda x, index, p=parts: x[p(index)], {"x": grid(*shape)}, {}, constants={"index": index})
        src = grid(*torch.zeros(shape)[parts(index)].shape)
        add = lambda x, src, index, p=parts: x.index_put(p(index), src, accumulate=True)
        record("scatterND", add, {"x": grid(*shape), "src": src}, {"reduce": "add"}, constants={"index": index})
