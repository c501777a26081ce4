import {
  div,
  lessEqual,
  logSumExp,
  max,
  maximum,
  min,
  mul,
  relu,
  softplus,
  sub,
  sum,
  type Tensor,
  tensor,
  where,
} from '../../engine/index.ts'

/** In place of what a mask leaves out: e^x of it is 0 in every sum, and no arithmetic makes it infinite. */
export const lowest = ({ dtype }: Pick<Tensor, 'dtype'>): number => (dtype === 'float64' ? -1e300 : -1e30)

/** ln sum_j e^{z_ij} over the pairs of the mask; of none, about `lowest`.  z[N,M] mask[N,M] -> [N] */
export const logSum = (z: Tensor, mask: Tensor): Tensor => logSumExp(where(mask, z, lowest(z)), { axis: 1 })

/** ln(1 + sum_j e^{z_ij}) over the pairs of the mask; of none, 0.  z[N,M] mask[N,M] -> [N] */
export const logOnePlusSum = (z: Tensor, mask: Tensor): Tensor => softplus(logSum(z, mask))

/** The largest of each row within the mask; of none, `lowest`.  z[N,M] mask[N,M] -> [N] */
export const largest = (z: Tensor, mask: Tensor): Tensor => max(where(mask, z, lowest(z)), { axis: 1 })

/** The smallest; of none, -`lowest`. */
export const smallest = (z: Tensor, mask: Tensor): Tensor => min(where(mask, z, -lowest(z)), { axis: 1 })

/** 1 where v is above 0, and where it is NaN: that is to be seen. */
export const above0 = (v: Tensor): Tensor => sub(1, lessEqual(v, 0))

/** What a mean counts: every one, or those above 0. */
export type Average = 'all' | 'nonzero'

/** The mean of max(v, 0) over the mask, or over those of them that are above 0; of none, 0.  v[...] mask[...] -> [] */
export function positiveMean(v: Tensor, mask: Tensor, average: Average): Tensor {
  return average === 'all' ? meanOf(relu(v), mask) : meanOf(relu(v), mul(mask, above0(v)))
}

/** The mean of v over the mask, of none 0.  v[...] mask[...] -> [] */
export function meanOf(v: Tensor, mask: Tensor): Tensor {
  return div(sum(where(mask, v, 0)), maximum(sum(mask), 1))
}

/** 1 for each sample of which `has` holds. [N] */
export const maskOf = (counts: readonly boolean[], like: Tensor): Tensor =>
  tensor(Float64Array.from(counts, Number), { dtype: like.dtype, backend: like.backend })
