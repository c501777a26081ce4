import type { Generator } from '../../../engine/index.ts'
import { preluOp } from '../../../engine/ops/activation.ts'
import { channelSumsOp, scaleShiftAddOp, scaleShiftOp } from '../../../engine/ops/adjoints/channels.ts'
import { normalizeGradOp } from '../../../engine/ops/adjoints/normalizeGrad.ts'
import { oneVsRestCrossEntropyGradOp } from '../../../engine/ops/adjoints/oneVsRestGrad.ts'
import { preluGradOp, preluSlopeGradOp } from '../../../engine/ops/adjoints/preluGrad.ts'
import { quadraticAboveGradOp, quadraticAboveOp } from '../../../engine/ops/adjoints/quadraticAbove.ts'
import { reluGradOp } from '../../../engine/ops/adjoints/reluGrad.ts'
import { scaledSumOp } from '../../../engine/ops/adjoints/scaledSum.ts'
import { shiftedPowerOp } from '../../../engine/ops/adjoints/shiftedPower.ts'
import { softmaxCrossEntropyGradOp } from '../../../engine/ops/adjoints/softmaxCrossEntropyGrad.ts'
import { softmaxCrossEntropyOp } from '../../../engine/ops/crossEntropy.ts'
import { normalizeOp } from '../../../engine/ops/normalize.ts'
import { oneVsRestCrossEntropyOp } from '../../../engine/ops/oneVsRest.ts'
import { momentsOp } from '../../../engine/ops/statistics.ts'
import { softmaxOp } from '../../../engine/ops/vector.ts'
import { sizeOf } from '../../../engine/shape.ts'
import { applied } from './applied.ts'
import { broadcasting, type Call, floats, type Input, ints, SPECIAL, shape, size } from './call.ts'

/** x[...,C], now and then of several of the blocks that sums are made of, and [C]. */
function channels(rng: Generator): { x: number[]; c: number[] } {
  const c = size(rng)
  const pixels = rng.integer(0, 9) === 0 ? [rng.integer(2, 9) * 1000] : shape(rng, { maxRank: 3, most: 200 })
  const x = [...pixels, c]
  return sizeOf(x) > 30_000 ? { x: [...pixels, 3], c: [3] } : { x, c: [c] }
}

/** Rows, now and then so long that they are cut into parts, some of them 0: x[...,D]. */
function directions(rng: Generator): { x: Input; axes: readonly number[]; eps: number } {
  const long = rng.uniform() < 0.05
  const to = long ? [rng.integer(1, 2), rng.integer(32_000, 34_000)] : shape(rng, { minRank: 1, maxRank: 3 })
  const x = floats(rng, to)
  const n = to[to.length - 1]
  for (let i = 0; i < x.values.length; i += n) if (rng.uniform() < 0.1) x.values.fill(0, i, i + n)
  return { x, axes: [to.length - 1], eps: 1e-12 }
}

/** What a backend may have a kernel for, against what it is composed of. */
export const FUSED: readonly Call[] = [
  {
    name: 'reluGrad',
    kernel: 'reluGrad',
    rounded: [],
    draw(rng) {
      const to = shape(rng, { maxRank: 3 })
      const scalar = rng.uniform() < 0.2
      return {
        inputs: [floats(rng, to, { edges: SPECIAL }), floats(rng, scalar ? [] : to, { edges: SPECIAL })],
        run: (k, [y, x]) => applied(k, reluGradOp, { y, x }, {}),
      }
    },
  },
  {
    name: 'prelu',
    kernel: 'prelu',
    rounded: [],
    draw(rng) {
      const to = shape(rng, { maxRank: 3 })
      return {
        inputs: [to, broadcasting(rng, to)].map(s => floats(rng, s, { edges: SPECIAL })),
        run: (k, [x, slope]) => applied(k, preluOp, { x, slope }, {}),
      }
    },
  },
  {
    name: 'preluGrad',
    kernel: 'preluGrad',
    rounded: [],
    draw(rng) {
      const { x, c } = channels(rng)
      return {
        inputs: [x, x, rng.uniform() < 0.3 ? [1] : c].map(s => floats(rng, s, { edges: SPECIAL })),
        run: (k, [y, x, slope]) => applied(k, preluGradOp, { y, x, slope }, {}),
      }
    },
  },
  {
    name: 'preluSlopeGrad',
    kernel: 'preluSlopeGrad',
    draw(rng) {
      const { x, c } = channels(rng)
      const attrs = { shape: rng.uniform() < 0.3 ? [] : c }
      return {
        inputs: [x, x].map(s => floats(rng, s)),
        run: (k, [y, x]) => applied(k, preluSlopeGradOp, { y, x }, attrs),
      }
    },
  },
  {
    name: 'softmax',
    kernel: 'softmax',
    draw(rng) {
      const x = shape(rng, { minRank: 1, maxRank: 3 }).map(n => Math.max(1, n))
      return {
        inputs: [floats(rng, x, { low: -20, high: 20, edges: [1e4, -1e4, -88] })],
        run: (k, [x]) => applied(k, softmaxOp, { x }, { axes: [x.shape.length - 1] }),
      }
    },
  },
  {
    name: 'scaledSum',
    kernel: 'scaledSum',
    draw(rng) {
      const x = shape(rng, { maxRank: 3 })
      const [alpha, beta] = [rng.uniform(-2, 2), rng.uniform(-2, 2)]
      return {
        inputs: [x, x].map(s => floats(rng, s, { edges: SPECIAL })),
        run: (k, [x, y]) => applied(k, scaledSumOp, { x, y }, { alpha, beta }),
      }
    },
  },
  {
    name: 'normalize',
    kernel: 'normalize',
    draw(rng) {
      const { x, axes, eps } = directions(rng)
      return { inputs: [x], run: (k, [x]) => applied(k, normalizeOp, { x }, { axes, eps }) }
    },
  },
  {
    name: 'normalizeGrad',
    kernel: 'normalizeGrad',
    // Of y may be left far less than what is taken off it: its rounding is as of y.
    tolerance: 1e-5,
    draw(rng) {
      const { x, axes, eps } = directions(rng)
      return {
        inputs: [floats(rng, x.shape), x],
        run: (k, [y, x]) => applied(k, normalizeGradOp, { y, x }, { axes, eps }),
      }
    },
  },
  {
    name: 'softmaxCrossEntropy',
    kernel: 'softmaxCrossEntropy',
    draw(rng) {
      const [n, classes] = [size(rng), Math.max(1, size(rng))]
      return {
        inputs: [floats(rng, [n, classes], { low: -20, high: 20 }), ints(rng, [n, 1], 0, classes - 1)],
        run: (k, [z, y]) => applied(k, softmaxCrossEntropyOp, { z, y }, {}),
      }
    },
  },
  {
    name: 'softmaxCrossEntropyGrad',
    kernel: 'softmaxCrossEntropyGrad',
    draw(rng) {
      const [n, classes] = [size(rng), Math.max(1, size(rng))]
      return {
        inputs: [
          floats(rng, [n]),
          floats(rng, [n, classes], { low: -10, high: 10 }),
          ints(rng, [n, 1], 0, classes - 1),
          floats(rng, [n], { low: 0, high: 20 }),
        ],
        run: (k, [dl, z, y, l]) => applied(k, softmaxCrossEntropyGradOp, { dl, z, y, l }, {}),
      }
    },
  },
  {
    name: 'oneVsRestCrossEntropy',
    kernel: 'oneVsRestCrossEntropy',
    draw(rng) {
      const [n, classes] = [size(rng), Math.max(1, size(rng))]
      const attrs = { positive: rng.uniform(0, 2), negative: rng.uniform(0, 2) }
      return {
        inputs: [
          floats(rng, [n, classes], { low: -20, high: 20, edges: [1e4, -1e4, -88] }),
          ints(rng, [n, 1], 0, classes - 1),
        ],
        run: (k, [z, y]) => applied(k, oneVsRestCrossEntropyOp, { z, y }, attrs),
      }
    },
  },
  {
    name: 'oneVsRestCrossEntropyGrad',
    kernel: 'oneVsRestCrossEntropyGrad',
    draw(rng) {
      const [n, classes] = [size(rng), Math.max(1, size(rng))]
      const attrs = { positive: rng.uniform(0, 2), negative: rng.uniform(0, 2) }
      return {
        inputs: [
          floats(rng, [n]),
          floats(rng, [n, classes], { low: -20, high: 20, edges: [1e4, -1e4, -88] }),
          ints(rng, [n, 1], 0, classes - 1),
        ],
        run: (k, [dl, z, y]) => applied(k, oneVsRestCrossEntropyGradOp, { dl, z, y }, attrs),
      }
    },
  },
  {
    name: 'quadraticAbove',
    kernel: 'quadraticAbove',
    draw(rng) {
      const [n, classes] = [size(rng), size(rng)]
      return {
        inputs: [[n, classes], [n, 1], [], [], []].map(s => floats(rng, s)),
        run: (k, [x, bound, a, b, c]) => applied(k, quadraticAboveOp, { x, bound, a, b, c }, {}),
      }
    },
  },
  {
    name: 'quadraticAboveGrad',
    kernel: 'quadraticAboveGrad',
    draw(rng) {
      const x = [size(rng), size(rng)]
      return {
        inputs: [x, x, [x[0], 1], [], []].map(s => floats(rng, s)),
        run: (k, [y, x, bound, b, c]) => applied(k, quadraticAboveGradOp, { y, x, bound, b, c }, {}),
      }
    },
  },
  {
    name: 'shiftedPower',
    kernel: 'shiftedPower',
    draw(rng) {
      const x = shape(rng, { maxRank: 3 })
      const of = {
        shift: rng.uniform(-1, 1),
        power: rng.uniform() < 0.5 ? rng.integer(0, 6) : rng.uniform(0.5, 4),
        factor: rng.uniform(-2, 2),
        constant: rng.uniform(-1, 1),
      }
      return { inputs: [floats(rng, x)], run: (k, [x]) => applied(k, shiftedPowerOp, { x }, of) }
    },
  },
  {
    name: 'moments',
    kernel: 'moments',
    draw(rng) {
      const { x } = channels(rng)
      return {
        inputs: [
          floats(
            rng,
            x.map(n => Math.max(1, n)),
          ),
        ],
        run: (k, [x]) => applied(k, momentsOp, { x }, {}),
      }
    },
  },
  {
    name: 'channelSums',
    kernel: 'channelSums',
    draw(rng) {
      const { x, c } = channels(rng)
      return {
        inputs: [x, x, c].map(s => floats(rng, s)),
        run: (k, [y, x, m]) => applied(k, channelSumsOp, { y, x, m }, {}),
      }
    },
  },
  {
    name: 'scaleShift',
    kernel: 'scaleShift',
    draw(rng) {
      const { x, c } = channels(rng)
      return {
        inputs: [x, c, c, c].map(s => floats(rng, s, { edges: SPECIAL })),
        run: (k, [x, m, a, c]) => applied(k, scaleShiftOp, { x, m, a, c }, {}),
      }
    },
  },
  {
    name: 'scaleShiftAdd',
    kernel: 'scaleShiftAdd',
    draw(rng) {
      const { x, c } = channels(rng)
      return {
        inputs: [x, c, c, c, x, c].map(s => floats(rng, s, { edges: SPECIAL })),
        run: (k, [x, m, a, c, y, b]) => applied(k, scaleShiftAddOp, { x, m, a, c, y, b }, {}),
      }
    },
  },
]
