import { integer } from '../attrs.ts'
import { tensor } from '../create.ts'
import { reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Generator } from '../random.ts'
import type { Shape } from '../shape.ts'
import type { OpSpec } from '../spec.ts'
import type { Tensor } from '../tensor.ts'
import { greaterEqual, lessEqual, where } from './select.ts'

interface Attrs {
  readonly k: number
}

const signature = 'x[...,M,N] -> [...,M,N]'
/** No axis is longer. */
const MOST = 2 ** 32
const attrs = { k: integer(-MOST, MOST) }
const square = [
  [1, 2],
  [3, 4],
]

/** z_ij = x_ij on and below the k-th diagonal (j <= i + k), else 0; the main one is 0, above it k > 0.  x[...,M,N] -> [...,M,N] */
export const tril = (x: Tensor, k = 0): Tensor => apply(trilOp, { x }, { k })
export const trilOp: OpSpec<'x', Attrs> = defineOp<'x', Attrs>({
  name: 'tril',
  signature,
  equation: 'j <= i + k ? x_ij : 0',
  domain: { x: reals },
  integers: true,
  attrs,
  examples: [
    {
      inputs: { x: square },
      attrs: { k: 0 },
      z: [
        [1, 0],
        [3, 4],
      ],
    },
  ],
  sample,
  compose({ x }, { k }) {
    const { i, j } = coordinates(x, k)
    return where(lessEqual(j, i), x, 0)
  },
  reads: { x: [] },
  vjp: { x: ({ dz, attrs: { k } }) => tril(dz, k) },
})

/** z_ij = x_ij on and above the k-th diagonal (j >= i + k), else 0; the main one is 0, above it k > 0.  x[...,M,N] -> [...,M,N] */
export const triu = (x: Tensor, k = 0): Tensor => apply(triuOp, { x }, { k })
export const triuOp: OpSpec<'x', Attrs> = defineOp<'x', Attrs>({
  name: 'triu',
  signature,
  equation: 'j >= i + k ? x_ij : 0',
  domain: { x: reals },
  integers: true,
  attrs,
  examples: [
    {
      inputs: { x: square },
      attrs: { k: 1 },
      z: [
        [0, 2],
        [0, 0],
      ],
    },
  ],
  sample,
  compose({ x }, { k }) {
    const { i, j } = coordinates(x, k)
    return where(greaterEqual(j, i), x, 0)
  },
  reads: { x: [] },
  vjp: { x: ({ dz, attrs: { k } }) => triu(dz, k) },
})

/** i + k of each row and j of each column: i[M,1] j[N]. */
function coordinates({ shape, dtype, backend }: Tensor, k: number): { i: Tensor; j: Tensor } {
  const [m, n] = shape.slice(-2)
  const count = (size: number, first: number) => Float64Array.from({ length: size }, (_, i) => i + first)
  return {
    i: tensor(count(m, k), { shape: [m, 1], dtype, backend }),
    j: tensor(count(n, 0), { dtype, backend }),
  }
}

function sample(rng: Generator): { shapes: { x: Shape }; attrs: Attrs } {
  const lead = rng.uniform() < 0.5 ? [] : [2]
  return { shapes: { x: [...lead, rng.integer(1, 4), rng.integer(2, 4)] }, attrs: { k: rng.integer(-1, 1) } }
}
