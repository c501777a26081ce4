import { axis as axisOf } from '../attrs.ts'
import { checkList } from '../check.ts'
import { anyDType } from '../domain.ts'
import { memo } from '../memo.ts'
import { apply } from '../op.ts'
import { format, sameShape } from '../shape.ts'
import type { OpSpec } from '../spec.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { type Along, type AxisOptions, oneAxis } from './axes.ts'
import { sliceOp } from './movement.ts'
import { reshape } from './reduce.ts'

/** The tensors one after another along `axis` (default 0); their other sizes agree.  x0[...] x1[...] .. -> [...] */
export function concat(xs: readonly Tensor[], axis?: Along<AxisOptions>): Tensor {
  const { inputs, rank } = several('concat', xs)
  return apply(concatOp(xs.length), inputs, { axis: oneAxis('concat', axis, rank, 0) })
}
/** The op differs by its number of inputs alone. */
export const concatOp = memo((n: number): OpSpec<string, { axis: number }> => {
  const { names, each, signature, domain } = numbered(n)
  return {
    name: 'concat',
    signature,
    equation: names.join(' | '),
    domain,
    attrs: { axis: axisOf('x0') },
    examples: [{ inputs: each((_, i) => [i, 7]), attrs: { axis: 0 }, z: names.flatMap((_, i) => [i, 7]) }],
    sample(rng) {
      const shape = [rng.integer(1, 3), rng.integer(1, 3)]
      const axis = rng.integer(0, 1)
      return {
        shapes: each(() => shape.map((s, i) => (i === axis ? rng.integer(1, 3) : s))),
        attrs: { axis },
      }
    },
    shape(shapes, { axis }) {
      const first = shapes.x0
      for (const name of names) {
        const s = shapes[name]
        if (s.length !== first.length || s.some((size, i) => i !== axis && size !== first[i])) {
          throw new Error(
            `concat: shapes that differ in axis ${axis} only expected, got x0${format(first)} ${name}${format(s)}`,
          )
        }
      }
      return first.map((size, i) =>
        i === axis ? names.reduce((total, name) => total + shapes[name][i], 0) : size,
      )
    },
    forward: (k, xs, { axis }) =>
      k.concat(
        names.map(name => xs[name]),
        axis,
      ),
    reads: each(() => []),
    vjp: each((name, i) => ({ dz, inputs: xs, attrs: { axis } }) => {
      const offset = names.slice(0, i).reduce((total, other) => total + xs[other].shape[axis], 0)
      const { shape } = xs[name]
      const begin = shape.map((_, d) => (d === axis ? offset : 0))
      return apply(sliceOp, { x: dz }, { begin, step: shape.map(() => 1), shape })
    }),
  }
})

/** Tensors of one shape along a new axis (default 0).  x0[...] x1[...] .. -> [n,...] */
export function stack(xs: readonly Tensor[], axis?: Along<AxisOptions>): Tensor {
  const { inputs, rank } = several('stack', xs)
  return apply(stackOp(xs.length), inputs, { axis: oneAxis('stack', axis, rank + 1, 0) })
}
/** The op differs by its number of inputs alone. */
export const stackOp = memo((n: number): OpSpec<string, { axis: number }> => {
  const { each, signature, domain } = numbered(n)
  return {
    name: 'stack',
    signature,
    equation: 'z[.., i, ..] = xi',
    domain,
    attrs: { axis: axisOf('x0', 1) },
    examples: [
      { inputs: each((_, i) => [i, 7]), attrs: { axis: 0 }, z: Object.values(each((_, i) => [i, 7])) },
    ],
    sample(rng) {
      const shape = [rng.integer(1, 3), rng.integer(1, 3)]
      return { shapes: each(() => shape), attrs: { axis: rng.integer(0, 2) } }
    },
    shape(shapes, { axis }) {
      for (const [name, shape] of Object.entries(shapes)) {
        if (sameShape(shape, shapes.x0)) continue
        throw new Error(`stack: one shape expected, got x0${format(shapes.x0)} ${name}${format(shape)}`)
      }
      return shapes.x0.toSpliced(axis, 0, n)
    },
    compose: (xs, { axis }) =>
      concat(
        Object.values(xs).map(x => reshape(x, x.shape.toSpliced(axis, 0, 1))),
        axis,
      ),
  }
})

/** The tensors by name, and the rank of the first. */
function several(op: string, xs: readonly Tensor[]): { inputs: Record<string, Tensor>; rank: number } {
  checkList(op, 'tensors', xs, `as in ${op}([x, y])`)
  if (xs.length === 0) throw new Error(`${op}: at least one tensor expected, got none`)
  const inputs = Object.fromEntries(Array.from(xs, (x, i) => [`x${i}`, x]))
  checkTensor(op, 'x0', inputs.x0)
  return { inputs, rank: inputs.x0.rank }
}

/** What ops of n like inputs x0, x1, .. share. */
function numbered(n: number) {
  const names = Array.from({ length: n }, (_, i) => `x${i}`)
  const each = <T>(value: (name: string, i: number) => T): Record<string, T> =>
    Object.fromEntries(names.map((name, i) => [name, value(name, i)]))
  const signature = `${names.map(name => `${name}[...]`).join(' ')} -> [...]`
  return { names, each, signature, domain: each(() => anyDType) }
}
