import {
  checkFinite,
  checkFlag,
  checkName,
  checkOptions,
  type OptionNames,
  refusal,
} from '../../engine/check.ts'
import {
  add,
  mul,
  normalize,
  ones,
  relu,
  softplus,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
} from '../../engine/index.ts'
import { checkTensor } from '../../engine/tensor.ts'
import { checkRows } from '../labels.ts'
import { checkLengths } from '../lengths.ts'
import { positiveMean } from './masked.ts'
import type { Triplets } from './mined.ts'
import { root } from './pairs.ts'
import type { TripletOptions } from './triplet.ts'

export type TripletsLossOptions = Pick<TripletOptions, 'margin' | 'normalized' | 'squared' | 'average'>

const KNOWN = {
  margin: true,
  normalized: ['normalised', 'normalize'],
  squared: true,
  average: ['reducer'],
} satisfies OptionNames<TripletsLossOptions>

/**
 * mean of [margin + d(a,p) - d(a,n)]_+ over triplets that a miner found, d = ‖x_i - x_j‖; 0 of none. Options as of `triplet`, but for
 * `average`: default all.  x[N,D] a[T] p[T] n[T] -> []
 */
export function tripletsLoss(x: Tensor, triplets: Triplets, options: TripletsLossOptions = {}): Tensor {
  const op = 'tripletsLoss'
  checkTensor(op, 'x', x)
  if (x.rank !== 2) throw new Error(`${op}: x[N,D] expected, got shape [${x.shape}]`)
  if (typeof triplets !== 'object' || triplets === null) {
    throw refusal(op, 'triplets as an object, { a, p, n },', triplets)
  }
  checkOptions(op, options, KNOWN)
  const { margin = 0.2, normalized = true, squared = false, average = 'all' } = options
  if (margin !== 'soft') checkFinite(op, 'margin', margin)
  checkFlag(op, 'normalized', normalized)
  checkFlag(op, 'squared', squared)
  checkName(op, 'average', average, ['all', 'nonzero'])
  const [a, p, n] = (['a', 'p', 'n'] as const).map(name => checkRows(op, name, triplets[name], x.shape[0]))
  if (p.length !== a.length || n.length !== a.length) {
    throw new Error(`${op}: as many a, p and n expected, got ${a.length}, ${p.length} and ${n.length}`)
  }
  if (!normalized) checkLengths(op, x)
  if (a.length === 0) return sum(mul(mul(x, 0), x))
  const u = normalized ? normalize(x) : x
  const of = (places: Int32Array): Tensor => take(u, tensor(places, { backend: x.backend }))
  const distance = (v: Tensor, w: Tensor): Tensor => {
    const apart = sub(v, w)
    const squares = sum(mul(apart, apart), { axis: 1 })
    return squared ? squares : root(squares)
  }
  const anchors = of(a)
  const further = sub(distance(anchors, of(p)), distance(anchors, of(n)))
  const losses = margin === 'soft' ? softplus(further) : relu(add(further, margin))
  return positiveMean(losses, ones([a.length], { dtype: x.dtype, backend: x.backend }), average)
}
