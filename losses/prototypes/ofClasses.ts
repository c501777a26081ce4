import { reshape, slice, type Tensor, take, tensor, tidy } from '../../engine/index.ts'
import { memo } from '../../engine/memo.ts'
import { type ClassIndices, labelIndex } from '../labels.ts'
import type { SeenClasses } from '../sampledClasses.ts'
import type { Prototypes } from './prototypes.ts'
import { blocksOf, type SeenPrototypes } from './seen.ts'

/** Rows begin..end-1 of a rule's W. */
export const rowsOfW = (rule: Prototypes, begin: number, end: number): Tensor =>
  rule.rowsOfW?.(begin, end) ?? tidy(() => slice(rule.W, [begin], [end]))

/** What a rule has of these classes; taken from its W[C,D] where it has no other way. */
export function prototypesOf(
  rule: Prototypes,
  x: Tensor,
  y: ClassIndices,
  seen: SeenClasses,
): SeenPrototypes {
  if (rule.forClasses !== undefined) return rule.forClasses(x, y, seen)
  const { W, b, c } = rule.forBatch(x, y)
  const rows = (of: Tensor, classes: Int32Array): Tensor => take(of, tensor(classes, { backend: of.backend }))
  const own = (of: Tensor, y: ClassIndices): Tensor => take(of, reshape(labelIndex(y, of.backend), [-1]))
  const blocks = blocksOf(seen.classes.length, seen.block).map(({ begin, end }) => {
    const made = memo<void, Tensor>(() => rows(W, seen.classes.subarray(begin, end)))
    return { begin, end, W: () => made(), constant: false }
  })
  return {
    blocks,
    // One block has W's gradients added up as W itself has.
    own: () => (blocks.length === 1 ? own(blocks[0].W(), seen.columns) : own(W, y)),
    ...(c && { ownCenters: () => own(c, y) }),
    b,
  }
}
