import type { Generator, NDArray } from '../../../engine/index.ts'
import { type Call, either, floats, ints, shape, size } from './call.ts'

/** Where each axis of a region begins, its step, and the size of what holds it. */
function region(rng: Generator, inner: readonly number[]) {
  const step = inner.map(() => (rng.uniform() < 0.6 ? 1 : rng.integer(2, 3)))
  const begin = inner.map(() => (rng.uniform() < 0.5 ? 0 : rng.integer(1, 5)))
  const outer = inner.map((n, i) => begin[i] + Math.max(0, (n - 1) * step[i] + 1) + rng.integer(0, 3))
  return { step, begin, outer }
}

/** x's shape, an axis, and x's shape with another size there: at times a long one, which is summed otherwise. */
function along(rng: Generator) {
  const long = rng.uniform() < 0.2
  const x = shape(rng, { minRank: 1, maxRank: 4, most: long ? 40 : 1500 })
  const axis = rng.integer(0, x.length - 1)
  if (x[axis] === 0) x[axis] = 1
  const index = x.with(axis, long ? rng.integer(100, 300) : size(rng, 20))
  return { x, axis, index }
}

export const MOVEMENT: readonly Call[] = [
  {
    name: 'slice',
    kernel: 'slice',
    rounded: [],
    draw(rng) {
      const inner = shape(rng, { maxRank: 5, most: 300 })
      const { begin, step, outer } = region(rng, inner)
      return { inputs: [either(rng, outer)], run: (k, [x]) => k.slice(x, begin, step, inner) }
    },
  },
  {
    name: 'slice backwards',
    kernel: 'slice',
    rounded: [],
    draw(rng) {
      const inner = shape(rng, { maxRank: 5, most: 300 })
      const { begin, step, outer } = region(rng, inner)
      const back = inner.map(n => n > 0 && rng.uniform() < 0.6)
      const first = begin.map((b, i) => (back[i] ? b + (inner[i] - 1) * step[i] : b))
      const steps = step.map((s, i) => (back[i] ? -s : s))
      return { inputs: [either(rng, outer)], run: (k, [x]) => k.slice(x, first, steps, inner) }
    },
  },
  {
    name: 'interiorPad',
    kernel: 'interiorPad',
    rounded: [],
    draw(rng) {
      const inner = shape(rng, { maxRank: 5, most: 300 })
      const { begin, step, outer } = region(rng, inner)
      const value = rng.integer(-2, 2)
      return { inputs: [either(rng, inner)], run: (k, [x]) => k.interiorPad(x, begin, step, outer, value) }
    },
  },
  {
    name: 'permute',
    kernel: 'permute',
    rounded: [],
    draw(rng) {
      const x = shape(rng, { maxRank: 5 })
      const axes = [...rng.permutation(x.length)]
      return { inputs: [either(rng, x)], run: (k, [x]) => k.permute(x, axes) }
    },
  },
  {
    name: 'concat',
    kernel: 'concat',
    rounded: [],
    draw(rng) {
      const first = shape(rng, { minRank: 1, maxRank: 4, most: 400 })
      const axis = rng.integer(0, first.length - 1)
      const shapes = Array.from({ length: rng.integer(1, 4) }, () => first.with(axis, size(rng, 9)))
      const isInt = rng.uniform() < 0.5
      return {
        inputs: shapes.map(s => (isInt ? ints(rng, s, -9, 9) : floats(rng, s))),
        run: (k, xs) => k.concat(xs, axis),
      }
    },
  },
  {
    name: 'gather',
    kernel: 'gather',
    rounded: [],
    draw(rng) {
      const { x, axis, index } = along(rng)
      return {
        inputs: [floats(rng, x), ints(rng, index, 0, x[axis] - 1)],
        run: (k, [x, index]) => k.gather(x, index, axis),
      }
    },
  },
  {
    name: 'take',
    kernel: 'take',
    rounded: [],
    draw(rng) {
      const { x, axis } = along(rng)
      const index = rng.uniform() < 0.3 ? [2, size(rng, 9)] : [size(rng, 20)]
      return {
        inputs: [floats(rng, x), ints(rng, index, 0, x[axis] - 1)],
        run: (k, [x, i]) => k.take(x, i, axis, x.shape.toSpliced(axis, 1, ...index)),
      }
    },
  },
  {
    name: 'scatterAdd',
    kernel: 'scatterAdd',
    draw(rng) {
      const { x, axis, index } = along(rng)
      return {
        inputs: [floats(rng, x), ints(rng, index, 0, x[axis] - 1), floats(rng, index)],
        run: (k, [x, index, src]) => k.scatterAdd(x, index, src, axis),
      }
    },
  },
  ...(['set', 'mul', 'max', 'min'] as const).map(
    (f): Call => ({
      name: `scatter ${f}`,
      kernel: 'scatter',
      ...(f === 'mul' ? {} : { rounded: [] }),
      draw(rng) {
        const { x, axis, index } = along(rng)
        return {
          inputs: [floats(rng, x), ints(rng, index, 0, x[axis] - 1), floats(rng, index)],
          run: (k, [x, index, src]) => k.scatter(f, x, index, src, axis),
        }
      },
    }),
  ),
  {
    name: 'ravelIndex',
    kernel: 'ravelIndex',
    rounded: [],
    draw(rng) {
      // Of several: of one, nothing may be to be done.
      const [n, k] = [rng.integer(1, 9), rng.integer(2, 3)]
      const z = shape(rng, { most: 300 })
      const low = rng.uniform() < 0.5 ? 0 : -n
      return {
        inputs: [ints(rng, [...z, k], low, n - 1)],
        run: (b, [index]) => b.ravelIndex('ravelIndex', index, Array(k).fill(n), z) as NDArray,
      }
    },
  },
]
