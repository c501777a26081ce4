import { reals } from '../../domain.ts'
import { apply, defineOp } from '../../op.ts'
import type { Generator } from '../../random.ts'
import { format, type Shape, sameShape } from '../../shape.ts'
import type { Rule } from '../../spec.ts'
import type { Tensor } from '../../tensor.ts'
import { add, mul, neg, sub } from '../arithmetic.ts'
import { stack } from '../concat.ts'
import { slice } from '../movement.ts'
import { reshape, sum } from '../reduce.ts'

/** The sum of y in each channel, and below it that of y (x - m).  y[...,C] x[...,C] m[C] -> [2,C] */
export const channelSums = (y: Tensor, x: Tensor, m: Tensor): Tensor => apply(channelSumsOp, { y, x, m })
export const channelSumsOp = defineOp<'y' | 'x' | 'm'>({
  name: 'channelSums',
  signature: 'y[...,C] x[...,C] m[C] -> [2,C]',
  equation: '[sum y, sum of y (x - m)] over all axes but the last',
  domain: { y: reals, x: reals, m: reals },
  examples: [{ inputs: { y: [[1], [2]], x: [[5], [7]], m: [4] }, z: [[3], [7]] }],
  sample: rng => ({ shapes: sampleShapes(rng, ['m'], ['y', 'x']), attrs: {} }),
  shape: shapes => [2, ...checked('channelSums', shapes, ['y', 'x'], ['m']).slice(-1)],
  compose: ({ y, x, m }) => stack([sum(y, leading(y)), sum(mul(y, sub(x, m)), leading(y))]),
  fused: (k, { y, x, m }) => k.channelSums?.(y, x, m),
  reads: { y: ['x', 'm'], x: ['y'], m: ['->'] },
  vjp: {
    y: ({ dz, inputs: { x, m } }) => scaleShift(x, m, row(dz, 1), row(dz, 0)),
    x: ({ dz, inputs: { y } }) => mul(y, row(dz, 1)),
    m: ({ dz, z }) => neg(mul(row(dz, 1), row(z, 0))),
  },
})

/** The rules of a (x - m) + c, whatever is added to it. */
const affineRules: Readonly<Record<'x' | 'm' | 'a' | 'c', Rule<'x' | 'm' | 'a' | 'c', object>>> = {
  x: ({ dz, inputs: { a } }) => mul(dz, a),
  m: ({ inputs: { a }, shared }) => neg(mul(a, row(shared(), 0))),
  a: ({ shared }) => row(shared(), 1),
  c: ({ shared }) => row(shared(), 0),
}

const affineReads = { x: ['a'], m: ['a', 'x', 'm'], a: ['x', 'm'], c: ['x', 'm'] } as const

/** z = a (x - m) + c, channel by channel.  x[...,C] m[C] a[C] c[C] -> [...,C] */
export const scaleShift = (x: Tensor, m: Tensor, a: Tensor, c: Tensor): Tensor =>
  apply(scaleShiftOp, { x, m, a, c })
export const scaleShiftOp = defineOp<'x' | 'm' | 'a' | 'c'>({
  name: 'scaleShift',
  signature: 'x[...,C] m[C] a[C] c[C] -> [...,C]',
  equation: 'a (x - m) + c',
  domain: { x: reals, m: reals, a: reals, c: reals },
  examples: [{ inputs: { x: [[5], [6]], m: [4], a: [10], c: [1] }, z: [[11], [21]] }],
  sample: rng => ({ shapes: sampleShapes(rng, ['m', 'a', 'c'], ['x']), attrs: {} }),
  shape: shapes => checked('scaleShift', shapes, ['x'], ['m', 'a', 'c']),
  compose: ({ x, m, a, c }) => add(mul(sub(x, m), a), c),
  fused: (k, { x, m, a, c }) => k.scaleShift?.(x, m, a, c),
  shared: ({ dz, inputs: { x, m } }) => channelSums(dz, x, m),
  reads: affineReads,
  vjp: affineRules,
})

/** z = a (x - m) + c + b y, channel by channel.  x[...,C] m[C] a[C] c[C] y[...,C] b[C] -> [...,C] */
export const scaleShiftAdd = (inputs: Readonly<Record<'x' | 'm' | 'a' | 'c' | 'y' | 'b', Tensor>>): Tensor =>
  apply(scaleShiftAddOp, inputs)
export const scaleShiftAddOp = defineOp<'x' | 'm' | 'a' | 'c' | 'y' | 'b'>({
  name: 'scaleShiftAdd',
  signature: 'x[...,C] m[C] a[C] c[C] y[...,C] b[C] -> [...,C]',
  equation: 'a (x - m) + c + b y',
  domain: { x: reals, m: reals, a: reals, c: reals, y: reals, b: reals },
  examples: [{ inputs: { x: [[5]], m: [4], a: [10], c: [1], y: [[2]], b: [100] }, z: [[211]] }],
  sample: rng => ({ shapes: sampleShapes(rng, ['m', 'a', 'c', 'b'], ['x', 'y']), attrs: {} }),
  shape: shapes => checked('scaleShiftAdd', shapes, ['x', 'y'], ['m', 'a', 'c', 'b']),
  compose: ({ x, m, a, c, y, b }) => add(scaleShift(x, m, a, c), mul(y, b)),
  fused: (k, { x, m, a, c, y, b }) => k.scaleShiftAdd?.(x, m, a, c, y, b),
  shared: ({ dz, inputs: { x, m } }) => channelSums(dz, x, m),
  reads: { ...affineReads, y: ['b'], b: ['y'] },
  vjp: {
    ...affineRules,
    y: ({ dz, inputs: { b } }) => mul(dz, b),
    b: ({ dz, inputs: { y } }) => sum(mul(dz, y), leading(y)),
  },
})

/** z = x's row i.  x[R,C] -> [C] */
export const row = (x: Tensor, i: number): Tensor => reshape(slice(x, [i], [i + 1]), x.shape.slice(1))

export const leading = (x: Tensor) => ({ axis: x.shape.slice(0, -1).map((_, i) => i) })

/** The one shape of `wholes`, which ends in that of `each`. */
function checked<I extends string>(
  op: string,
  shapes: Readonly<Record<I, Shape>>,
  wholes: readonly I[],
  each: readonly I[],
): Shape {
  const whole = shapes[wholes[0]]
  for (const [names, expected] of [
    [wholes, whole],
    [each, whole.slice(-1)],
  ] as const) {
    for (const name of names) {
      if (whole.length === 0 || !sameShape(shapes[name], expected)) {
        throw new Error(`${op}: ${name}${format(expected)} expected, got ${name}${format(shapes[name])}`)
      }
    }
  }
  return whole
}

export const sampleShape = (rng: Generator): number[] => [
  rng.integer(1, 3),
  rng.integer(2, 3),
  rng.integer(1, 3),
]

function sampleShapes<I extends string>(rng: Generator, each: readonly I[], wholes: readonly I[]) {
  const whole = sampleShape(rng)
  const shapes = [...wholes.map(name => [name, whole]), ...each.map(name => [name, whole.slice(-1)])]
  return Object.fromEntries(shapes) as Record<I, number[]>
}
