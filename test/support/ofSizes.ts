import type { Generator } from '../../engine/index.ts'

type Draw = (rng: Generator, n: number) => Float32Array

const filled = (n: number, f: () => number): Float32Array => Float32Array.from({ length: n }, f)
const sign = (rng: Generator): number => (rng.uniform() < 0.5 ? -1 : 1)

/** Values of which minimal filtering is to be right. */
export const DRAWS: Readonly<Record<string, Draw>> = {
  'of one size': (rng, n) => filled(n, () => rng.uniform(-1, 1)),
  'of one sign': (rng, n) => filled(n, () => rng.uniform(0.5, 1)),
  'all alike but for their sign': (rng, n) => filled(n, () => sign(rng)),
  'of very different sizes': (rng, n) => filled(n, () => sign(rng) * 2 ** rng.uniform(-12, 12)),
  'small beside a few large ones': (rng, n) =>
    filled(n, () => rng.uniform(-1, 1) * (rng.uniform() < 0.03 ? 1e6 : 1)),
}
