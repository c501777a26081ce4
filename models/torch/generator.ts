/** The random numbers of `engine/random.ts` in Python: xoroshiro128+ and whole numbers as the package pure-rand has them. */
export const GENERATOR = `MASK = 2 ** 64 - 1


class Generator:
    """xoroshiro128+ with the constants 24, 16, 37; of each number the low 32 bits."""

    def __init__(self, state):
        low, high = [x & 0xffffffff for x in state[1::2]], [x & 0xffffffff for x in state[::2]]
        self.s = [h << 32 | l for h, l in zip(high, low)]

    @staticmethod
    def seeded(seed):
        low = (seed + 2 ** 31) % 2 ** 32 - 2 ** 31
        rng = Generator([-1, ~low, low, seed - low >> 32])
        for _ in range(32):
            rng.next()
        return rng

    def next(self):
        (a, b), turn = self.s, lambda x, k: (x << k | x >> 64 - k) & MASK
        c = a ^ b
        self.s = [turn(a, 24) ^ c ^ c << 16 & MASK, turn(c, 37)]
        return (a + b & 0xffffffff) ^ 0x80000000

    def integer(self, n):
        """From 0 to n - 1, all alike."""
        most = 2 ** 32 // n * n if n > 2 else 2 ** 32
        x = self.next()
        while x >= most:
            x = self.next()
        return x % n

    def uniform(self):
        """From 0 to below 1."""
        high, low = self.next() & 2 ** 26 - 1, self.next() & 2 ** 27 - 1
        return high / 2 ** 26 + low / 2 ** 53

    def normal(self):
        """From N(0, 1), by Box and Muller."""
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())

    def state(self):
        signed = lambda x: x - 2 ** 32 if x >= 2 ** 31 else x
        return [signed(x) for s in self.s for x in (s >> 32, s & 0xffffffff)]`

/** Which classes a step sees, as `losses/sampledClasses.ts` draws them. */
export const DRAWS = `class Draws:
    """The classes of the batch, and a random part of the others: Partial FC (arXiv:2203.15565)."""

    def __init__(self, classes, sampled, state):
        self.classes, self.sampled = classes, sampled
        self.rng, self.step = Generator(state[:4]), state[4]

    def next(self):
        self.step = self.rng.integer(2 ** 31)

    def state(self):
        return self.rng.state() + [self.step]

    def draw(self, labels, y):
        own = torch.unique(labels)
        others, wanted = self.classes - len(own), self.sampled - len(own)
        if wanted < 0:
            raise ValueError(f'at most {self.sampled} classes a step expected, got {len(own)}')
        rng, chosen = Generator.seeded(self.step), torch.zeros(others, dtype=torch.bool)
        for j in range(others - wanted, others):
            i = rng.integer(j + 1)
            chosen[j if chosen[i] else i] = True
        free = torch.ones(self.classes, dtype=torch.bool)
        free[own.cpu()] = False
        drawn = torch.arange(self.classes)[free][chosen].to(y.device)
        classes = torch.cat([own, drawn]).sort().values
        correction = torch.isin(classes, drawn) * math.log(others / wanted) if wanted else 0
        return classes, torch.searchsorted(classes, y), correction`

/** What is drawn anew for each sample and step, as `losses/margins/elasticFace.ts` does. */
export const NORMALS = `def normals(seed, t, n):
    """n numbers from N(0, 1), of the seed and the step alone."""
    rng = Generator.seeded(Generator.seeded(seed).integer(2 ** 31) + t % 2 ** 21 * 2 ** 31)
    return torch.tensor([rng.normal() for _ in range(n)], dtype=torch.float64)`
