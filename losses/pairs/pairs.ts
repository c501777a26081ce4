import {
  add,
  lessEqual,
  matmul,
  maximum,
  mul,
  normalize,
  reshape,
  sqrt,
  sub,
  sum,
  type Tensor,
  tensor,
  where,
} from '../../engine/index.ts'
import { memo } from '../../engine/memo.ts'
import type { ClassIndices } from '../labels.ts'
import type { MinedPairs } from './mined.ts'

/** The samples that those of a batch are paired with: constants, as a memory of earlier batches has them. */
export interface References {
  readonly r: Tensor
  readonly y: ClassIndices
  /** Where sample i of the batch stands among them; it is no pair with itself. Undefined: nowhere. */
  readonly own?: ClassIndices
}

/** The pairs (i, j) of samples x_i of a batch and r_j, by default of the batch itself, j != i. */
export interface Pairs {
  /** 1 where the pair is of one class, else 0. [N,M] */
  readonly same: Tensor
  /** 1 where it is of two. [N,M] */
  readonly other: Tensor
  /** Which j are of the class of i, and how many are of another. [N] */
  readonly sames: readonly (readonly number[])[]
  readonly others: readonly number[]
  /** s_ij = <x_i, r_j> / ‖x_i‖ ‖r_j‖  [N,M] */
  cosines(): Tensor
  /** <x_i, r_j>  [N,M] */
  products(): Tensor
  /** ‖x_i - r_j‖^2, or of the unit vectors.  [N,M] */
  squares(unit: boolean): Tensor
}

/** x[N,D] y[N] -> its pairs, N N of them, or N M with references r[M,D]; of these the `mined`, where some are. */
export function pairsOf(x: Tensor, y: ClassIndices, references?: References, mined?: MinedPairs): Pairs {
  const { r = x, y: labels = y, own } = references ?? {}
  const [n, m] = [y.length, labels.length]
  const [same, other] = [new Uint8Array(n * m), new Uint8Array(n * m)]
  const sames = Array.from({ length: n }, (): number[] => [])
  const others = new Array<number>(n).fill(0)
  const chosen = mined && placesOf(mined, m)
  for (let i = 0; i < n; i++) {
    const self = references === undefined ? i : own?.[i]
    for (let j = 0; j < m; j++) {
      if (chosen?.has(i * m + j) === false) continue
      if (y[i] !== labels[j]) others[i] += other[i * m + j] = 1
      else if (j !== self) {
        same[i * m + j] = 1
        sames[i].push(j)
      }
    }
  }
  const mask = (values: Uint8Array): Tensor =>
    tensor(Float64Array.from(values), { shape: [n, m], dtype: x.dtype, backend: x.backend })
  const unit = memo<void, { u: Tensor; v: Tensor }>(() => {
    const u = normalize(x)
    return { u, v: r === x ? u : normalize(r) }
  })
  const product = (a: Tensor, b: Tensor): Tensor => matmul(a, b, { transposeB: true })
  return {
    same: mask(same),
    other: mask(other),
    sames,
    others,
    cosines: () => product(unit().u, unit().v),
    products: () => product(x, r),
    squares: asUnit => (asUnit ? squares(unit().u, unit().v) : squares(x, r)),
  }
}

/** Where pairs of both kinds stand in [N,M]. */
const placesOf = ({ a1, p, a2, n }: MinedPairs, m: number): ReadonlySet<number> =>
  new Set([...a1.map((a, k) => a * m + p[k]), ...a2.map((a, k) => a * m + n[k])])

/** ‖x_i‖^2 + ‖r_j‖^2 - 2 <x_i, r_j>, which rounding may bring below 0.  x[N,D] r[M,D] -> [N,M] */
function squares(x: Tensor, r: Tensor): Tensor {
  const lengths = (t: Tensor): Tensor => sum(mul(t, t), { axis: 1 })
  const both = add(reshape(lengths(x), [-1, 1]), reshape(lengths(r), [1, -1]))
  return maximum(sub(both, mul(matmul(x, r, { transposeB: true }), 2)), 0)
}

/** sqrt(d), whose slope at 0 counts as 0: as of a norm at its kink, and as `torch.cdist` has it.  [...] -> [...] */
export function root(d: Tensor): Tensor {
  const none = lessEqual(d, 0)
  return where(none, 0, sqrt(where(none, 1, d)))
}
