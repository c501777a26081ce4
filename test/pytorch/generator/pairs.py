"""Losses of pairs and triplets over lists of indices, defined as in pytorch-metric-learning 2.8, or as in the paper where that
has none: values, gradients, first and second order. Cross-batch memory over several steps.

Left out: equal samples, whose distance has no slope; our choice there is documented.
"""

import torch
import torch.nn.functional as F

from .record import packed

D, C = 4, 5
Y = torch.tensor([0, 1, 0, 2, 1, 0, 3, 2, 0])  # one sample alone, and a class of the proxies without any

CONTRASTIVE = [
    {"squared": False},
    {"squared": False, "margin": 0.8, "positiveMargin": 0.3},
    {"squared": False, "margin": 4.0, "normalized": False, "average": "all"},
    {},
    {"margin": 1.3, "positiveMargin": 0.4, "average": "all"},
]
TRIPLET = [
    {"mining": "all", "margin": 0.05},
    {"mining": "all", "margin": 0.3, "average": "all", "squared": True},
    {"mining": "all", "margin": "soft", "normalized": False},
    {"margin": 0.3, "average": "nonzero"},
    {"margin": 0.3},
    {"margin": "soft", "normalized": False, "ownPositive": True},
    {"mining": "semihard", "margin": 0.4},
    {"mining": "semihard", "margin": 0.4, "squared": True, "average": "nonzero"},
]
OTHERS = [
    ("supCon", {}),
    ("supCon", {"temperature": 0.5, "anchors": "all"}),
    ("multiSimilarity", {"lambda": 0.5, "epsilon": "Infinity"}),
    ("multiSimilarity", {"alpha": 1.5, "beta": 10.0, "lambda": 0.4, "epsilon": "Infinity"}),
    ("multiSimilarity", {"lambda": 0.5}),
    ("multiSimilarity", {"beta": 20.0, "epsilon": 0.3}),
    ("circle", {"m": 0.4, "gamma": 80.0, "average": "nonzero"}),
    ("circle", {"gamma": 16.0}),
    ("nPair", {}),
    ("nPair", {"l2": 0.2}),
    ("range", {"margin": 60.0, "alpha": 0.5, "beta": 0.25}),
    ("range", {"k": 3, "margin": 0.01, "alpha": 1.0}),
    ("proxyAnchor", {}),
    ("proxyAnchor", {"margin": 0.2, "alpha": 8.0}),
]


def cases(family):
    for options in CONTRASTIVE:
        record(family, "contrastive", contrastive, options)
    for options in TRIPLET:
        record(family, "triplet", triplet, options)
    others = {
        "supCon": sup_con,
        "multiSimilarity": multi_similarity,
        "circle": circle,
        "nPair": n_pair,
        "range": range_loss,
        "proxyAnchor": proxy_anchor,
    }
    for name, options in OTHERS:
        record(family, name, others[name], options)
    memory(family, "contrastive", contrastive, {}, size=12, weight=1.0)
    memory(family, "triplet", triplet, {"mining": "all", "margin": 0.3}, size=20, weight=0.5)


def record(family, name, loss, options):
    x = {"x": family.grid(len(Y), D)}
    if name == "proxyAnchor":
        x["W"] = family.grid(C, D)
    order = Y[torch.randperm(len(Y), generator=family.rng)]
    family.record(name, lambda y, **xs: loss(**xs, y=y, o=options), x, options, constants={"y": order})


def chosen(y, r=None, own=None):
    """The pairs of one class and those of two, each as two lists; sample i of the batch is sample own[i] of r."""
    labels = y if r is None else r
    own = torch.arange(len(y)) if own is None else own
    same = y[:, None] == labels
    itself = torch.zeros_like(same)
    itself[torch.arange(len(y)), own] = True
    return torch.where(same & ~itself), torch.where(~same)


def triplets(y, r=None, own=None):
    (a, p), (b, n) = chosen(y, r, own)
    i, j = torch.where(a[:, None] == b)
    return a[i], p[i], n[j]


def apart(x, r, a, b, o):
    """Distances of the pairs (x_a, r_b)."""
    u, v = (F.normalize(x, dim=1), F.normalize(r, dim=1)) if o.get("normalized", True) else (x, r)
    squares = ((u[a] - v[b]) ** 2).sum(1)
    return squares if o.get("power") == 2 else squares.sqrt()


def cosines(x, r):
    return F.normalize(x, dim=1) @ F.normalize(r, dim=1).T


def averaged(losses, average):
    if average == "nonzero":
        losses = losses[losses > 0]
    return losses.mean() if len(losses) > 0 else losses.sum()


def contrastive(x, y, o, r=None, labels=None, own=None):
    r = x if r is None else r
    (a, p), (b, n) = chosen(y, labels, own)
    near = F.relu(apart(x, r, a, p, o) - o.get("positiveMargin", 0))
    far = F.relu(o.get("margin", 1) - apart(x, r, b, n, o))
    assert (near > 0).any() and (far > 0).any() and (far == 0).any()
    if o.get("squared", True):
        near, far = near**2 / 2, far**2 / 2
    return averaged(near, o.get("average", "nonzero")) + averaged(far, o.get("average", "nonzero"))


def triplet(x, y, o, r=None, labels=None, own=None):
    r = x if r is None else r
    o = {"mining": "hard", "margin": 0.2, **o, "power": 2 if o.get("squared") else 1}
    a, p, n = mined(x, r, y, o, labels, own)
    near = torch.where(p == a, 0.0, 1.0) if r is x else torch.ones(len(a))
    there = near > 0
    # An anchor that is its own positive is at distance 0, without a slope.
    d_p = torch.zeros(len(a)).index_put((torch.where(there)[0],), apart(x, r, a[there], p[there], o))
    v = d_p - apart(x, r, a, n, o)
    losses = F.softplus(v) if o["margin"] == "soft" else F.relu(v + o["margin"])
    return averaged(losses, o.get("average", "nonzero" if o["mining"] == "all" else "all"))


def mined(x, r, y, o, labels, own):
    a, p, n = triplets(y, labels, own)
    if o["mining"] == "all":
        return a, p, n
    d_p, d_n = apart(x, r, a, p, o), apart(x, r, a, n, o)
    if o["mining"] == "semihard":
        kept = []
        for i, j in sorted(set(zip(a.tolist(), p.tolist()))):
            of = torch.where((a == i) & (p == j))[0]
            further = of[d_n[of] > d_p[of]]
            kept.append(further[d_n[further].argmin()] if len(further) > 0 else of[d_n[of].argmax()])
        kept = torch.stack(kept)
        return a[kept], p[kept], n[kept]
    kept = []
    for i in range(len(y)):
        of = torch.where(a == i)[0]
        if len(of) > 0:
            kept.append((i, int(p[of[d_p[of].argmax()]]), int(n[of[d_n[of].argmin()]])))
        elif o.get("ownPositive"):
            others = torch.where(y != y[i])[0]
            kept.append((i, i, int(others[apart(x, r, torch.full_like(others, i), others, o).argmin()])))
    return tuple(torch.tensor(kept).T)


def masks(y):
    (a, p), (b, n) = chosen(y)
    same, other = torch.zeros(len(y), len(y), dtype=torch.bool), torch.zeros(len(y), len(y), dtype=torch.bool)
    same[a, p], other[b, n] = True, True
    return same, other


def log_sum(z, mask, one=False):
    """ln of the sum of e^z over a row's mask, or of 1 and that; of none 0, as there."""
    rows = []
    for z_i, mask_i in zip(z, mask):
        terms = z_i[mask_i]
        if one:
            terms = torch.cat([terms, torch.zeros(1)])
        rows.append(terms.logsumexp(0) if len(terms) > 0 else z_i.sum() * 0)
    return torch.stack(rows)


def sup_con(x, y, o):
    same, other = masks(y)
    z = cosines(x, x) / o.get("temperature", 0.1)
    logs = z - log_sum(z, same | other)[:, None]
    losses = -(torch.where(same, logs, 0.0).sum(1) / same.sum(1).clamp(min=1))
    return averaged(losses, "all" if o.get("anchors") == "all" else "nonzero")


def multi_similarity(x, y, o):
    same, other = masks(y)
    alpha, beta, base = o.get("alpha", 2), o.get("beta", 50), o.get("lambda", 1)
    s = cosines(x, x)
    if o.get("epsilon") != "Infinity":
        epsilon = o.get("epsilon", 0.1)
        hardest = torch.where(other, s, -torch.inf).amax(1, keepdim=True)
        easiest = torch.where(same, s, torch.inf).amin(1, keepdim=True)
        same, other = same & (s - epsilon < hardest), other & (s + epsilon > easiest)
    drawn = log_sum(alpha * (base - s), same, one=True) / alpha
    pushed = log_sum(beta * (s - base), other, one=True) / beta
    return (drawn + pushed).mean()


def circle(x, y, o):
    same, other = masks(y)
    m, gamma = o.get("m", 0.25), o.get("gamma", 256)
    s = cosines(x, x)
    p = -gamma * F.relu(1 + m - s.detach()) * (s - (1 - m))
    n = gamma * F.relu(s.detach() + m) * (s - m)
    both = same.any(1) & other.any(1)
    losses = F.softplus(log_sum(p, same) + log_sum(n, other), threshold=1000)
    return averaged(losses[both], o.get("average", "all"))


def n_pair(x, y, o):
    pairs = [torch.where(y == label)[0][:2] for label in y.unique()]
    a, p = torch.stack([pair for pair in pairs if len(pair) == 2]).T
    loss = F.cross_entropy(x[a] @ x[p].T, torch.arange(len(a)))
    return loss + o.get("l2", 0) * ((x[a] ** 2).sum(1).mean() + (x[p] ** 2).sum(1).mean()) / 4


def range_loss(x, y, o):
    k = o.get("k", 2)
    within, means = 0.0, []
    for label in y.unique():
        xs = x[y == label]
        means.append(xs.mean(0))
        squares = ((xs[:, None] - xs) ** 2).sum(2)[tuple(torch.triu_indices(len(xs), len(xs), 1))]
        if len(squares) > 0:
            largest = squares.sort(descending=True)[0][:k]
            within = within + len(largest) / (1 / largest).sum()
    means = torch.stack(means)
    a, b = torch.triu_indices(len(means), len(means), 1)
    between = ((means[a] - means[b]) ** 2).sum(1).min()
    return o.get("alpha", 5e-5) * within + o.get("beta", 1e-4) * F.relu(o.get("margin", 2e4) - between)


def proxy_anchor(x, W, y, o):
    margin, alpha = o.get("margin", 0.1), o.get("alpha", 32)
    s = cosines(W, x)
    own = F.one_hot(y, len(W)).T.bool()
    drawn = log_sum(alpha * (margin - s), own, one=True)
    pushed = log_sum(alpha * (s + margin), ~own, one=True)
    return drawn.sum() / own.any(1).sum() + pushed.mean()


def memory(family, name, loss, options, size, weight):
    """The loss of the batch, and that of its pairs with the last embeddings, the batch's own among them."""
    kept, labels, steps = torch.zeros(0, D), torch.zeros(0, dtype=torch.long), []
    for _ in range(4):
        y = Y[torch.randperm(len(Y), generator=family.rng)]
        x = family.grid(len(y), D).requires_grad_()
        kept, labels = torch.cat([kept, x.detach()])[-size:], torch.cat([labels, y])[-size:]
        own = torch.arange(len(labels) - len(y), len(labels))
        z = loss(x, y, options) + weight * loss(x, y, options, r=kept, labels=labels, own=own)
        (grad,) = torch.autograd.grad(z, x)
        steps.append({"x": packed(x), "y": y.tolist(), "z": packed(z), "grad": packed(grad)})
    row = {"op": name, "options": options, "memory": {"size": size, "weight": weight, "dim": D, "start": 0}, "steps": steps}
    family.rows.append(row)
