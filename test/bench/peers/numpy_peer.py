"""NumPy as a contestant of cases/search.ts."""

import math

import numpy as np
from contestant import blas, serve, values

# Queries of a block of similarities: 400 MB beside 10^6 rows.
BLOCK = 100


def sample(z):
    flat = np.asarray(z).reshape(-1)
    return flat[:: math.ceil(flat.size / 1000) | 1].tolist()


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


class Search:
    """The k best by `argpartition`, then in order."""

    def __init__(self, case):
        self.k = case["attrs"]["k"]
        self.queries, gallery = [values(given, i) for i, given in enumerate(case["inputs"])]
        self.gallery = unit(gallery)

    def call(self):
        queries = unit(self.queries)
        blocks = [queries[i : i + BLOCK] for i in range(0, len(queries), BLOCK)]
        self.found = np.concatenate([self.best(block) for block in blocks])

    def best(self, queries):
        cosines = queries @ self.gallery.T if len(queries) > 1 else (self.gallery @ queries[0])[None]
        places = np.argpartition(cosines, -self.k, axis=1)[:, -self.k :]
        scores = np.take_along_axis(cosines, places, axis=1)
        order = np.argsort(-scores, axis=1, kind="stable")
        self.places = np.take_along_axis(places, order, axis=1)
        return np.take_along_axis(scores, order, axis=1)

    def outputs(self):
        return [sample(self.found)]


class FoldAccuracy:
    """Scores in order once; then, for each fold, running sums over the pairs of the others."""

    def __init__(self, case):
        self.scores, self.same, self.folds = [values(given, i) for i, given in enumerate(case["inputs"])]

    def call(self):
        order = np.argsort(-self.scores, kind="stable")
        scores, folds = self.scores[order].astype(np.float64), self.folds[order]
        same = self.same[order] == 1
        gains = np.where(same, 1, -1)
        self.accuracies = [self.accuracy(scores, same, gains, folds == f) for f in range(folds.max() + 1)]

    @staticmethod
    def accuracy(scores, same, gains, inside):
        trained = scores[~inside]
        right = np.concatenate([[0], np.cumsum(gains[~inside])])
        # A threshold lies between two scores that differ, or above or below all.
        ends = np.concatenate([[True], trained[1:] != trained[:-1], [True]])
        best = np.flatnonzero(ends)[np.argmax(right[ends])]
        high = trained[best - 1] if best > 0 else np.inf
        low = trained[best] if best < len(trained) else -np.inf
        return np.mean((scores[inside] >= (high + low) / 2) == same[inside])

    def outputs(self):
        n = len(self.accuracies)
        return [[np.mean(self.accuracies)], [np.std(self.accuracies, ddof=1) / math.sqrt(n)], list(self.accuracies)]


class Reid:
    """As the code of its sets: each query's whole ranking, by `argsort`, junk taken out."""

    def __init__(self, case):
        q, self.q_ids, self.q_cameras, g, self.g_ids, self.g_cameras = [
            values(given, i) for i, given in enumerate(case["inputs"])
        ]
        self.queries, self.gallery = unit(q), unit(g)

    def call(self):
        order = np.argsort(-(self.queries @ self.gallery.T), axis=1)
        firsts, precisions = [], []
        for q, ranking in enumerate(order):
            same = self.g_ids[ranking] == self.q_ids[q]
            kept = ~(same & (self.g_cameras[ranking] == self.q_cameras[q]))
            ranks = np.flatnonzero(same[kept])
            if ranks.size == 0:
                continue
            firsts.append(ranks[0])
            before = np.arange(ranks.size)
            old = np.where(ranks > 0, before / np.maximum(ranks, 1), 1)
            precisions.append(np.mean((old + (before + 1) / (ranks + 1)) / 2))
        self.cmc = [np.mean(np.array(firsts) < k) for k in range(1, 11)]
        self.mean = np.mean(precisions)

    def outputs(self):
        return [self.cmc, [self.mean]]


class Resize:
    """To the same size: a copy as floats."""

    def __init__(self, case):
        self.image = values(case["inputs"][0], 0).astype(np.uint8)

    def call(self):
        self.z = self.image.astype(np.float32)

    def outputs(self):
        return [sample(self.z)]


KINDS = {"search": Search, "foldAccuracy": FoldAccuracy, "reid": Reid, "resize": Resize}

serve(np.__version__, blas(), lambda case: KINDS[case["op"]](case))
