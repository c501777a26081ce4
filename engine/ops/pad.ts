import { each, real } from '../attrs.ts'
import { checkList, checkName } from '../check.ts'
import { anyDType } from '../domain.ts'
import { checkScalar } from '../dtype.ts'
import { apply, defineOp } from '../op.ts'
import { format } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { indexOn, take } from './indexing.ts'
import { interiorPad, slice } from './movement.ts'
import { PAD_MODES, type PadMode, repeated } from './padModes.ts'

interface Widths {
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly value: number
  readonly mode: PadMode
}

/**
 * z = x with `before[i]` and `after[i]` elements around each axis: of `value` (default 0), or of x, named as in NumPy: 'edge',
 * its last element; 'reflect', its elements backwards from there on, without the last; 'symmetric', with it; 'wrap', from its
 * other end on. A width below 0 leaves so many out, before the others are added; unlike in PyTorch, 'reflect' repeats none of these.
 * x[...] -> [...]
 */
export function pad(
  x: Tensor,
  before: readonly number[],
  after: readonly number[] = before,
  value: number | Exclude<PadMode, 'constant'> = 0,
): Tensor {
  checkTensor('pad', 'x', x)
  const mode = typeof value === 'string' ? value : 'constant'
  const constant = typeof value === 'string' ? 0 : value
  checkScalar('pad', constant, x.dtype)
  for (const [name, widths] of Object.entries({ before, after })) {
    checkList('pad', name, widths, 'a width an axis', x.rank)
  }
  return apply(padOp, { x }, { before: [...before], after: [...after], value: constant, mode })
}
export const padOp = defineOp<'x', Widths>({
  name: 'pad',
  signature: 'x[...] -> [...]',
  equation: 'z[before + i] = x[i], else value',
  domain: { x: anyDType },
  attrs: {
    before: each('x'),
    after: each('x'),
    value: real(),
    mode: (op, name, value) => checkName(op, name, value, PAD_MODES),
  },
  examples: [
    {
      inputs: { x: [1, 2] },
      attrs: { before: [1], after: [2], value: 7, mode: 'constant' },
      z: [7, 1, 2, 7, 7],
    },
    {
      inputs: { x: [1, 2, 3] },
      attrs: { before: [1], after: [3], value: 0, mode: 'reflect' },
      z: [2, 1, 2, 3, 2, 1, 2],
      grads: { x: [2, 4, 1] },
    },
    {
      inputs: { x: [1, 2, 3, 4] },
      attrs: { before: [2], after: [-1], value: 0, mode: 'reflect' },
      z: [3, 2, 1, 2, 3],
      grads: { x: [1, 2, 2, 0] },
    },
    {
      inputs: {
        x: [
          [1, 2, 3, 4],
          [5, 6, 7, 8],
        ],
      },
      attrs: { before: [0, 2], after: [1, -1], value: 0, mode: 'wrap' },
      z: [
        [2, 3, 1, 2, 3],
        [6, 7, 5, 6, 7],
        [2, 3, 1, 2, 3],
      ],
      grads: {
        x: [
          [2, 4, 4, 0],
          [1, 2, 2, 0],
        ],
      },
    },
  ],
  sample(rng) {
    const widths = () => [rng.integer(-1, 2), rng.integer(-1, 2)]
    const mode = PAD_MODES[rng.integer(0, PAD_MODES.length - 1)]
    const attrs = { before: widths(), after: widths(), value: rng.uniform(-1, 1), mode }
    return { shapes: { x: [rng.integer(3, 4), rng.integer(3, 4)] }, attrs }
  },
  shape({ x }, { before, after, mode }) {
    const left = x.map((n, i) => n + Math.min(before[i], 0) + Math.min(after[i], 0))
    if (left.some(n => n < 0)) {
      throw new Error(
        `pad: at most the elements of ${format(x)} to leave out expected, got ${format(before)} and ${format(after)}`,
      )
    }
    const z = x.map((n, i) => before[i] + n + after[i])
    if (mode !== 'constant' && left.some((n, i) => n === 0 && z[i] > 0)) {
      throw new Error(`pad: an element to repeat expected, got ${format(left)}`)
    }
    return z
  },
  compose({ x: whole }, { before, after, value, mode }, shape) {
    const x = cropped(whole, before, after)
    const begin = before.map(n => Math.max(n, 0))
    if (mode === 'constant') {
      return interiorPad(x, { begin, step: x.shape.map(() => 1), shape, value })
    }
    return shape.reduce((z, n, axis) => {
      if (n === x.shape[axis]) return z
      const places = repeated(mode, x.shape[axis], begin[axis], n)
      return take(z, indexOn('pad', places, x.backend), axis)
    }, x)
  },
})

/** x without what widths below 0 leave out. */
function cropped(x: Tensor, before: readonly number[], after: readonly number[]): Tensor {
  if (![...before, ...after].some(n => n < 0)) return x
  const start = before.map(n => Math.max(-n, 0))
  return slice(
    x,
    start,
    x.shape.map((n, i) => n + Math.min(after[i], 0)),
  )
}
