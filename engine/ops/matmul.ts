import { flag } from '../attrs.ts'
import { checkOptions, type OptionNames } from '../check.ts'
import { reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { bind } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { unbroadcast } from './reduce.ts'

interface Transposes {
  /** Take the transpose of the last two axes of a, or of b; nothing is copied. Default false. */
  readonly transposeA: boolean
  readonly transposeB: boolean
}

const KNOWN = { transposeA: true, transposeB: true } as const satisfies OptionNames<Transposes>

/** z = a b over the last two axes; leading axes are a batch and broadcast.  a[...,M,K] b[...,K,N] -> [...,M,N] */
export function matmul(a: Tensor, b: Tensor, options?: Partial<Transposes>): Tensor {
  checkOptions('matmul', options, KNOWN)
  const { transposeA = false, transposeB = false } = options ?? {}
  return apply(matmulOp, { a, b }, { transposeA, transposeB })
}
export const matmulOp = defineOp<'a' | 'b', Transposes>({
  name: 'matmul',
  signature: 'a[...,M,K] b[...,K,N] -> [...,M,N]',
  equation: 'a b',
  domain: { a: reals, b: reals },
  integers: 'products',
  attrs: { transposeA: flag, transposeB: flag },
  examples: [
    { inputs: { a: [[1, 2]], b: [[3], [4]] }, attrs: { transposeA: false, transposeB: false }, z: [[11]] },
    { inputs: { a: [[1], [2]], b: [[3, 4]] }, attrs: { transposeA: true, transposeB: true }, z: [[11]] },
  ],
  sample(rng) {
    const [m, k, n, batch] = [rng.integer(1, 4), rng.integer(1, 4), rng.integer(1, 4), rng.integer(1, 3)]
    const attrs = { transposeA: rng.uniform() < 0.5, transposeB: rng.uniform() < 0.5 }
    const lead = [[], [batch], [2, batch], [2, 1]]
    return {
      shapes: {
        a: [...lead[rng.integer(0, 3)], ...(attrs.transposeA ? [k, m] : [m, k])],
        b: [...lead[rng.integer(0, 2)], ...(attrs.transposeB ? [n, k] : [k, n])],
      },
      attrs,
    }
  },
  shape(shapes, { transposeA, transposeB }) {
    const a = transposeA ? 'a[...,K,M]' : 'a[...,M,K]'
    const b = transposeB ? 'b[...,N,K]' : 'b[...,K,N]'
    return bind('matmul', `${a} ${b} -> [...,M,N]`, shapes)
  },
  forward: (k, { a, b }, { transposeA, transposeB }, shape) => k.matmul(a, b, transposeA, transposeB, shape),
  reads: { a: ['b'], b: ['a'] },
  vjp: {
    a: ({ dz, inputs: { a, b }, attrs: { transposeA, transposeB } }) => {
      const da = transposeA
        ? matmul(b, dz, { transposeA: transposeB, transposeB: true })
        : matmul(dz, b, { transposeB: !transposeB })
      return unbroadcast(da, a.shape)
    },
    b: ({ dz, inputs: { a, b }, attrs: { transposeA, transposeB } }) => {
      const db = transposeB
        ? matmul(dz, a, { transposeA: true, transposeB: transposeA })
        : matmul(a, dz, { transposeA: !transposeA })
      return unbroadcast(db, b.shape)
    },
  },
})
