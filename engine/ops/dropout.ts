import { integer, real } from '../attrs.ts'
import { tensor } from '../create.ts'
import { reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { checkGenerator, Generator } from '../random.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { mul } from './arithmetic.ts'

/** z = x b / (1 - p), each b 0 with probability p, drawn from `rng` (Srivastava 2014).  x[...] -> [...] */
export function dropout(x: Tensor, p: number, rng: Generator): Tensor {
  checkTensor('dropout', 'x', x)
  checkGenerator('dropout', rng)
  return apply(dropoutOp, { x }, { p, seed: rng.seed() })
}
export const dropoutOp = defineOp<'x', { p: number; seed: number }>({
  name: 'dropout',
  signature: 'x[...] -> [...]',
  equation: 'x b / (1 - p), b ~ Bernoulli(1 - p)',
  domain: { x: reals },
  attrs: { p: real(), seed: integer() },
  examples: [{ inputs: { x: [1, 2, 3] }, attrs: { p: 0, seed: 1 }, z: [1, 2, 3] }],
  sample: rng => ({
    shapes: { x: [rng.integer(2, 4), 8] },
    attrs: { p: rng.uniform(0.1, 0.5), seed: rng.seed() },
  }),
  shape({ x }, { p }) {
    if (!(p >= 0 && p < 1)) throw new Error(`dropout: 0 <= p < 1 expected, got ${p}`)
    return x
  },
  compose({ x }, { p, seed }) {
    const rng = new Generator(seed)
    const mask = Float64Array.from({ length: x.size }, () => (rng.uniform() < p ? 0 : 1 / (1 - p)))
    return mul(x, tensor(mask, { shape: x.shape, dtype: x.dtype, backend: x.backend }))
  },
})
