import type { Reduction } from '../../../engine/backends/backend.ts'
import { reduced } from '../../../engine/ops/reduce.ts'
import { type Call, EDGES, floats, SPECIAL, shape, type Values } from './call.ts'

const REDUCTIONS: Readonly<Record<Reduction, Values & { exact?: true }>> = {
  // Values near the end of the range would overflow in float32 where float64 does not: no fault of the kernel's.
  sum: { edges: SPECIAL },
  max: { exact: true, edges: EDGES, coarse: true },
  min: { exact: true, edges: EDGES, coarse: true },
  norm: { edges: EDGES },
  logSumExp: { edges: EDGES, low: -20, high: 20 },
}

export const REDUCING: readonly Call[] = [
  ...(Object.keys(REDUCTIONS) as Reduction[]).map((f): Call => {
    const { exact, ...values } = REDUCTIONS[f]
    return {
      name: `reduce ${f}`,
      kernel: 'reduce',
      ...(exact ? { rounded: [] } : {}),
      draw(rng) {
        const x = shape(rng, { maxRank: 5, most: 4000 })
        const axes = x.map((_, i) => i).filter(() => rng.uniform() < 0.5)
        const z = reduced(x, { axes, keepDims: rng.uniform() < 0.5 })
        return { inputs: [floats(rng, x, values)], run: (k, [x]) => k.reduce(f, x, axes, z) }
      },
    }
  }),
  {
    name: 'argmax',
    kernel: 'argmax',
    rounded: [],
    draw(rng) {
      const x = shape(rng, { minRank: 1, most: 4000 })
      const axis = rng.integer(0, x.length - 1)
      if (x[axis] === 0) x[axis] = 1
      return {
        inputs: [floats(rng, x, { coarse: true, edges: EDGES })],
        run: (k, [x]) => k.argmax(x, axis, x.shape.toSpliced(axis, 1)),
      }
    },
  },
  {
    name: 'topk',
    kernel: 'topk',
    rounded: [],
    draw(rng) {
      const x = shape(rng, { minRank: 1, most: 2000 })
      const axis = rng.integer(0, x.length - 1)
      const [k, largest] = [rng.integer(0, x[axis]), rng.uniform() < 0.5]
      return {
        inputs: [floats(rng, x, { coarse: true, edges: EDGES })],
        run: (b, [x]) => b.topk(x, k, axis, largest),
      }
    },
  },
]
