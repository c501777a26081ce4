import { reshape, type Tensor } from '../engine/index.ts'
import { batchOf, type Given } from './bentLogits.ts'
import { reduceLosses } from './crossEntropy.ts'
import type { ClassIndices } from './labels.ts'
import type { ReductionOptions } from './loss.ts'
import type { Margin } from './margins/margin.ts'

/** What the margin adds to the loss of these samples, reduced as the losses are. */
export function penaltyOf(
  op: string,
  margin: Margin,
  x: Tensor,
  y: ClassIndices,
  given: Pick<Given, 't' | 'memory'>,
  { reduction, weight }: ReductionOptions,
): Tensor | undefined {
  const each = margin.penalty?.(batchOf(margin, x, given))
  return each && reduceLosses(op, reshape(each, [-1]), y, { reduction, weight })
}
