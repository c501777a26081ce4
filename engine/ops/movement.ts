import { any } from '../domain.ts'
import { apply, defineOp, type OpSpec } from '../op.ts'
import type { Generator } from '../random.ts'
import { broadcast, checkShape, format, normalizeAxis, type Shape, sameShape, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { unbroadcast } from './reduce.ts'

const signature = 'x[...] -> [...]'

/** z = x's elements in another shape; one size may be -1 and is worked out. Shares x's memory.  x[...] -> [...] */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const rest = sizeOf(shape.filter(n => n !== -1))
  const size = shape.includes(-1) && rest > 0 ? x.size / rest : -1
  const full = shape.map(n => (n === -1 ? size : n))
  return sameShape(x.shape, full) ? x : apply(reshapeOp, { x }, { shape: full })
}
export const reshapeOp = defineOp<'x', { shape: Shape }>({
  name: 'reshape',
  signature,
  equation: 'x in another shape',
  domain: { x: any },
  examples: [
    {
      inputs: {
        x: [
          [1, 2],
          [3, 4],
        ],
      },
      attrs: { shape: [4] },
      z: [1, 2, 3, 4],
    },
  ],
  sample(rng) {
    const [m, n] = [rng.integer(1, 4), rng.integer(1, 4)]
    return { shapes: { x: [m, n] }, attrs: { shape: [n, 1, m] } }
  },
  shape({ x }, { shape }) {
    if (sizeOf(shape) !== sizeOf(x) || shape.some(n => n < 0 || !Number.isInteger(n))) {
      throw new Error(
        `reshape: a shape of ${sizeOf(x)} elements expected for ${format(x)}, got ${format(shape)}`,
      )
    }
    return shape
  },
  forward: (_, { x }, { shape }) => ({ ...x, shape }),
  vjp: { x: (dz, { x }) => reshape(dz, x.shape) },
})

/** z's axis i is x's axis axes[i].  x[...] -> [...] */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  return apply(permuteOp, { x }, { axes: axes.map(a => normalizeAxis('permute', a, x.rank)) })
}
export const permuteOp = defineOp<'x', { axes: readonly number[] }>({
  name: 'permute',
  signature,
  equation: 'z[i_axes] = x[i]',
  domain: { x: any },
  examples: [{ inputs: { x: [[1, 2, 3]] }, attrs: { axes: [1, 0] }, z: [[1], [2], [3]] }],
  sample(rng) {
    const x = [rng.integer(1, 3), rng.integer(1, 3), rng.integer(1, 3)]
    return { shapes: { x }, attrs: { axes: [...rng.permutation(3)] } }
  },
  shape({ x }, { axes }) {
    if (axes.length !== x.length || new Set(axes).size !== x.length) {
      throw new Error(`permute: each of the ${x.length} axes once expected, got ${format(axes)}`)
    }
    return axes.map(a => x[a])
  },
  forward: (k, { x }, { axes }) => k.permute(x, axes),
  vjp: {
    x: (dz, _, __, { axes }) =>
      permute(
        dz,
        axes.map((_, i) => axes.indexOf(i)),
      ),
  },
})

/** x with two axes exchanged, by default the last two.  x[...,M,N] -> [...,N,M] */
export function transpose(x: Tensor, axis0 = -2, axis1 = -1): Tensor {
  const [a, b] = [normalizeAxis('transpose', axis0, x.rank), normalizeAxis('transpose', axis1, x.rank)]
  return permute(
    x,
    x.shape.map((_, i) => (i === a ? b : i === b ? a : i)),
  )
}

/** z = x stretched to `shape`, as broadcasting does.  x[...] -> [...] */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply(broadcastToOp, { x }, { shape })
}
export const broadcastToOp = defineOp<'x', { shape: Shape }>({
  name: 'broadcastTo',
  signature,
  equation: 'x stretched to shape',
  domain: { x: any },
  examples: [
    {
      inputs: { x: [[1], [2]] },
      attrs: { shape: [2, 2] },
      z: [
        [1, 1],
        [2, 2],
      ],
    },
  ],
  sample(rng) {
    const [m, n] = [rng.integer(1, 3), rng.integer(1, 3)]
    return { shapes: { x: [m, 1] }, attrs: { shape: [rng.integer(1, 3), m, n] } }
  },
  shape({ x }, { shape }) {
    checkShape('broadcastTo', shape)
    if (!sameShape(broadcast('broadcastTo', x, shape), shape)) {
      throw new Error(`broadcastTo: ${format(x)} does not stretch to ${format(shape)}`)
    }
    return shape
  },
  forward: (k, { x }, { shape }) => k.broadcastTo(x, shape),
  vjp: { x: (dz, { x }) => unbroadcast(dz, x.shape) },
})

interface Region {
  readonly begin: readonly number[]
  readonly step: readonly number[]
  readonly shape: Shape
}

/**
 * z[i] = x[start + i * step] for start + i * step < stop, axis by axis. Axes that are left out are taken whole;
 * negative starts and stops count from the end; steps are at least 1.  x[...] -> [...]
 */
export function slice(
  x: Tensor,
  start: readonly number[],
  stop?: readonly number[],
  step?: readonly number[],
): Tensor {
  if (start.length > x.rank) throw new Error(`slice: at most ${x.rank} starts expected, got ${format(start)}`)
  const from = (v: number, n: number): number => Math.min(Math.max(v < 0 ? v + n : v, 0), n)
  const begin = x.shape.map((n, i) => from(start[i] ?? 0, n))
  const every = x.shape.map((_, i) => step?.[i] ?? 1)
  if (every.some(s => !(Number.isInteger(s) && s >= 1))) {
    throw new Error(`slice: steps are integers >= 1, got ${format(every)}`)
  }
  const shape = x.shape.map((n, i) => Math.max(0, Math.ceil((from(stop?.[i] ?? n, n) - begin[i]) / every[i])))
  return apply(sliceOp, { x }, { begin, step: every, shape })
}
export const sliceOp = defineOp<'x', Region>({
  name: 'slice',
  signature,
  equation: 'z[i] = x[begin + i * step]',
  domain: { x: any },
  examples: [{ inputs: { x: [1, 2, 3, 4] }, attrs: { begin: [1], step: [2], shape: [2] }, z: [2, 4] }],
  sample(rng) {
    const { inner, outer, begin, step } = sampleRegion(rng)
    return { shapes: { x: outer }, attrs: { begin, step, shape: inner } }
  },
  shape: (_, { shape }) => shape,
  forward: (k, { x }, { begin, step, shape }) => k.slice(x, begin, step, shape),
  vjp: { x: (dz, { x }, _, { begin, step }) => place(dz, { begin, step, shape: x.shape, value: 0 }) },
})

/** z = `value` but for z[begin + i * step] = x[i]: the adjoint of slice, and pad with gaps.  x[...] -> [...] */
export const place = (x: Tensor, attrs: Region & { value: number }): Tensor => apply(placeOp, { x }, attrs)
export const placeOp = defineOp<'x', Region & { value: number }>({
  name: 'place',
  signature,
  equation: 'z[begin + i * step] = x[i], else value',
  domain: { x: any },
  examples: [
    { inputs: { x: [2, 4] }, attrs: { begin: [1], step: [2], shape: [4], value: 0 }, z: [0, 2, 0, 4] },
  ],
  sample(rng) {
    const { inner, outer, begin, step } = sampleRegion(rng)
    return { shapes: { x: inner }, attrs: { begin, step, shape: outer, value: rng.uniform(-1, 1) } }
  },
  shape: (_, { shape }) => shape,
  forward: (k, { x }, { begin, step, shape, value }) => k.place(x, begin, step, shape, value),
  vjp: { x: (dz, { x }, _, { begin, step }) => apply(sliceOp, { x: dz }, { begin, step, shape: x.shape }) },
})

/** x with `before[i]` and `after[i]` elements of `value` (default 0) around each axis.  x[...] -> [...] */
export function pad(
  x: Tensor,
  before: readonly number[],
  after: readonly number[] = before,
  value = 0,
): Tensor {
  if (
    before.length !== x.rank ||
    after.length !== x.rank ||
    [...before, ...after].some(n => !(Number.isInteger(n) && n >= 0))
  ) {
    throw new Error(
      `pad: ${x.rank} widths >= 0 before and after expected, got ${format(before)} and ${format(after)}`,
    )
  }
  const shape = x.shape.map((n, i) => before[i] + n + after[i])
  return place(x, { begin: before, step: x.shape.map(() => 1), shape, value })
}

/** The tensors one after another along `axis` (default 0); their other sizes agree.  x0[...] x1[...] .. -> [...] */
export function concat(xs: readonly Tensor[], axis = 0): Tensor {
  if (xs.length === 0) throw new Error('concat: at least one tensor expected, got none')
  const inputs = Object.fromEntries(xs.map((x, i) => [`x${i}`, x]))
  return apply(concatOp(xs.length), inputs, { axis: normalizeAxis('concat', axis, xs[0].rank) })
}
/** The op differs by its number of inputs alone. */
export const concatOp = (n: number): OpSpec<string, { axis: number }> => {
  const names = Array.from({ length: n }, (_, i) => `x${i}`)
  const each = <T>(value: (name: string, i: number) => T): Record<string, T> =>
    Object.fromEntries(names.map((name, i) => [name, value(name, i)]))
  return {
    name: 'concat',
    signature: `${names.map(name => `${name}[...]`).join(' ')} -> [...]`,
    equation: names.join(' | '),
    domain: each(() => any),
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
    vjp: each((name, i) => (dz, xs, _, { axis }) => {
      const offset = names.slice(0, i).reduce((total, other) => total + xs[other].shape[axis], 0)
      const { shape } = xs[name]
      const begin = shape.map((_, d) => (d === axis ? offset : 0))
      return apply(sliceOp, { x: dz }, { begin, step: shape.map(() => 1), shape })
    }),
  }
}

/** Tensors of one shape along a new axis (default 0).  x0[...] x1[...] .. -> [n,...] */
export function stack(xs: readonly Tensor[], axis = 0): Tensor {
  if (xs.length === 0) throw new Error('stack: at least one tensor expected, got none')
  const at = normalizeAxis('stack', axis, xs[0].rank + 1)
  for (const x of xs) {
    if (!sameShape(x.shape, xs[0].shape)) {
      throw new Error(`stack: one shape expected, got ${format(xs[0].shape)} and ${format(x.shape)}`)
    }
  }
  return concat(
    xs.map(x => reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])),
    at,
  )
}

/** A small array and where it lies in a larger one, for the tests. */
function sampleRegion(rng: Generator): { inner: number[]; outer: number[]; begin: number[]; step: number[] } {
  const inner = [rng.integer(1, 3), rng.integer(1, 3)]
  const begin = inner.map(() => rng.integer(0, 2))
  const step = inner.map(() => rng.integer(1, 2))
  const outer = inner.map((n, i) => begin[i] + (n - 1) * step[i] + 1 + rng.integer(0, 1))
  return { inner, outer, begin, step }
}
