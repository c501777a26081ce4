import { axes, flag } from '../attrs.ts'
import { checkFlag, type OptionNames, refusal } from '../check.ts'
import { distinct } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Generator } from '../random.ts'
import type { Shape } from '../shape.ts'
import type { OpSpec } from '../spec.ts'
import type { Tensor } from '../tensor.ts'
import { neg } from './arithmetic.ts'
import { type Along, alongOptions, axesOf } from './axes.ts'
import { indexOn, take } from './indexing.ts'
import { type Axes, nonempty, REDUCE, type ReduceOptions, reduced, sampleAxes } from './reduce.ts'
import { reverse } from './reverse.ts'

export interface ArgOptions extends ReduceOptions {
  /** Of equals the last instead of the first. Default false. */
  selectLast?: boolean
}

const ARG = { ...REDUCE, selectLast: true } as const satisfies OptionNames<ArgOptions>

/**
 * z = the index of the largest element along `axis` (default the last), of equals the first; NaN counts as the largest;
 * int32. Throws on no elements.  x[...] -> [...]
 */
export const argmax = (x: Tensor, axis?: Along<ArgOptions>, ...none: never[]): Tensor =>
  indexOfExtreme(argmaxOp, x, axis, none)
export const argmaxOp = defineOp<'x', Axes>({
  name: 'argmax',
  ...argRow('argmax', [1, 0]),
  equation: 'index of max over axis of x',
  forward: (k, { x }, { axes }, shape) => k.argmax(x, axes[0], shape),
  vjp: { x: 'nondifferentiable' },
})

/**
 * z = the index of the smallest element along `axis` (default the last), of equals the first; NaN counts as the smallest;
 * int32. Throws on no elements.  x[...] -> [...]
 */
export const argmin = (x: Tensor, axis?: Along<ArgOptions>, ...none: never[]): Tensor =>
  indexOfExtreme(argminOp, x, axis, none)
export const argminOp = defineOp<'x', Axes>({
  name: 'argmin',
  ...argRow('argmin', [0, 2]),
  equation: 'index of min over axis of x',
  compose: ({ x }, attrs) => apply(argmaxOp, { x: neg(x) }, attrs),
  vjp: { x: 'nondifferentiable' },
})

/** What the two share; z is that of the example. */
function argRow(name: string, z: readonly number[]) {
  return {
    signature: 'x[...] -> [...]',
    domain: { x: distinct },
    integers: true,
    attrs: { axes: axes('x'), keepDims: flag },
    examples: [
      {
        inputs: {
          x: [
            [1, 3, 3],
            [2, 1, 0],
          ],
        },
        attrs: { axes: [1], keepDims: false },
        z,
      },
    ],
    sample(rng: Generator) {
      const { shapes, attrs } = sampleAxes(rng)
      return { shapes, attrs: { ...attrs, axes: [rng.integer(0, shapes.x.length - 1)] } }
    },
    shape({ x }: { x: Shape }, attrs: Axes) {
      if (attrs.axes.length !== 1) throw refusal(name, 'one axis', attrs.axes)
      return reduced(nonempty(name, x, attrs), attrs)
    },
  }
}

function indexOfExtreme(
  op: OpSpec<'x', Axes>,
  x: Tensor,
  given: Along<ArgOptions> | undefined,
  none: readonly unknown[],
): Tensor {
  const { axis, keepDims = false, selectLast = false } = alongOptions(op.name, given, ARG, none)
  checkFlag(op.name, 'selectLast', selectLast)
  const axes = axesOf(op.name, x, axis, -1)
  const last = selectLast && axes.length === 1 && x.shape[axes[0]] > 0
  if (!last) return apply(op, { x }, { axes, keepDims })
  // The first one backwards, and where that is forwards.
  const n = x.shape[axes[0]]
  const places = Int32Array.from({ length: n }, (_, i) => n - 1 - i)
  return take(indexOn(op.name, places, x.backend), apply(op, { x: reverse(x, axes) }, { axes, keepDims }))
}
