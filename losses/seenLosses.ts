import {
  add,
  mul,
  normalize,
  reshape,
  softmaxCrossEntropy,
  softplus,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
} from '../engine/index.ts'
import { memo } from '../engine/memo.ts'
import { bends, bentLogits, type Given, targetChange } from './bentLogits.ts'
import { type ClassIndices, labelIndex } from './labels.ts'
import { sumOf } from './marginLoss.ts'
import { LAST, type Pair } from './margins/angle.ts'
import type { Margin } from './margins/margin.ts'
import { logSumExpOfOthers } from './othersInBlocks.ts'
import type { ClassBlock, SeenPrototypes } from './prototypes/seen.ts'
import type { SeenClasses } from './sampledClasses.ts'

/** What is added to logits: to those of all classes [C], learned or not. */
interface Added {
  readonly b?: Tensor
  readonly priors?: Tensor
}

/**
 * -z_y + ln sum_j e^z_j of each sample, over the classes that are seen.  x[N,D] y[N] -> [N]
 *
 * In one block, as `marginLoss` has it over these rows of W. In several, ln(1 + e^(o - z_y)), o = ln sum_{j != y} e^z_j being
 * put together block by block; so that a small loss keeps its digits.
 */
export function seenLosses(
  margin: Margin,
  x: Tensor,
  prototypes: SeenPrototypes,
  y: ClassIndices,
  seen: SeenClasses,
  { priors, ...now }: { readonly priors?: Tensor } & Pick<Given, 't' | 'memory'>,
): Tensor {
  const { blocks, b } = prototypes
  const added = (block: Pick<ClassBlock, 'begin' | 'end'>) => addedTo(block, seen, { b, priors }, x)
  if (blocks.length === 1) {
    const z = bentLogits(margin, x, blocks[0].W(), y, seen.columns, { ...now, subCenters: 1 })
    const more = added(blocks[0])
    return softmaxCrossEntropy(more === undefined ? z : add(z, more), labelIndex(seen.columns, x.backend))
  }
  const { s, unitX, unitW } = margin
  const u = unitX ? normalize(x) : x
  const own = memo<void, Tensor>(() => prototypes.own())
  const v = memo<void, Tensor>(() => normalize(own()))
  const pair = (): Pair => ({ x, w: () => own(), u: unitX ? u : normalize(x), v: v() })
  const plain = mul(sum(mul(u, unitW ? v() : own()), LAST), s)
  const bent = bends(margin) ? add(plain, targetChange(margin, { x, w: () => own(), pair }, y, now)) : plain
  const target = reshape(bent, [-1])
  const ownMore = sumOf(...[b, priors].map(of => of && take(of, reshape(labelIndex(y, x.backend), [-1]))))
  const others = logSumExpOfOthers(
    u,
    blocks.map(block => ({ ...block, W: () => block.W(), added: added(block) })),
    { s, unitW, columns: seen.columns },
  )
  return softplus(sub(others, ownMore === undefined ? target : add(target, ownMore)))
}

/** What is added to the logits of a block. */
function addedTo(
  { begin, end }: { begin: number; end: number },
  { classes, drawn, correction }: SeenClasses,
  { b, priors }: Added,
  { dtype, backend }: Tensor,
): Tensor | undefined {
  const index = tensor(classes.subarray(begin, end), { backend })
  const corrections = Float64Array.from({ length: end - begin }, (_, i) =>
    drawn(begin + i) ? correction : 0,
  )
  return sumOf(
    b && take(b, index),
    priors && take(priors, index),
    correction === 0 ? undefined : tensor(corrections, { dtype, backend }),
  )
}
