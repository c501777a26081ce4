import type { Convolution } from '../../../engine/backends/backend.ts'
import { stridedPays, tilingOf } from '../../../engine/backends/wasm/winogradPays.ts'
import type { Generator, Shape } from '../../../engine/index.ts'
import { conv2dPreluOp, conv2dReluOp } from '../../../engine/ops/conv2dActivated.ts'
import { outputSize } from '../../../engine/ops/window.ts'
import { sizeOf } from '../../../engine/shape.ts'
import { applied } from './applied.ts'
import { broadcasting, type Call, floats, type Input, SPECIAL, shape, size } from './call.ts'

/** Products to be summed in one call: what the plain kernels do in a moment. */
const MOST = 40_000

const values = (rng: Generator, s: Shape): Input =>
  floats(rng, s, { edges: rng.uniform() < 0.1 ? SPECIAL : [] })

/** Weights: whether one that is NaN meets a 0 of the padding, which makes NaN, is the algorithm's own affair. */
const finite = (rng: Generator, s: Shape): Input => floats(rng, s)

const matmul: Call = {
  name: 'matmul',
  kernel: 'matmul',
  draw(rng) {
    const lead = shape(rng, { maxRank: 2, most: 6 })
    let [m, n, depth] = [size(rng), size(rng), size(rng)]
    // Longer than one of the product's blocks, now and then.
    const long = rng.integer(0, 15)
    if (long === 0) [m, n, depth] = [size(rng, 3), rng.integer(510, 530), size(rng, 5)]
    if (long === 1) [m, n, depth] = [size(rng, 5), size(rng, 5), rng.integer(380, 400)]
    // And a right side that is more than `SMALL`: one part of it, two, and so many columns that rows of A are copied.
    if (long === 2) [m, n, depth] = [rng.integer(2, 4), rng.integer(125, 135), rng.integer(260, 275)]
    if (long === 3) [m, n, depth] = [rng.integer(2, 4), rng.integer(92, 100), rng.integer(385, 395)]
    if (long === 4) [m, n, depth] = [rng.integer(2, 4), rng.integer(256, 264), rng.integer(128, 135)]
    const most = long >= 2 && long <= 4 ? Number.POSITIVE_INFINITY : MOST
    while (sizeOf(lead) * m * n * depth > most) [m, n, depth] = [m, n, depth].map(x => Math.ceil(x / 2))
    const [transposeA, transposeB] = [rng.uniform() < 0.5, rng.uniform() < 0.5]
    const [aLead, bLead] = rng.uniform() < 0.5 ? [lead, []] : [broadcasting(rng, lead), lead]
    return {
      inputs: [
        values(rng, [...aLead, ...(transposeA ? [depth, m] : [m, depth])]),
        values(rng, [...bLead, ...(transposeB ? [n, depth] : [depth, n])]),
      ],
      run: (k, [a, b]) => k.matmul(a, b, transposeA, transposeB, [...lead, m, n]),
    }
  },
}

function geometry(rng: Generator): Convolution {
  for (;;) {
    const groups = rng.uniform() < 0.6 ? 1 : rng.integer(2, 3)
    let [inChannels, outChannels] = [size(rng, 33), size(rng, 33)].map(n => groups * Math.max(1, n))
    let kernel: readonly [number, number] = [rng.integer(1, 4), rng.integer(1, 5)]
    let input = [size(rng, 19), size(rng, 19)].map(n => Math.max(1, n)) as [number, number]
    // Now and then, sums that are longer than a part.
    if (rng.integer(0, 4) === 0) {
      kernel = [rng.integer(1, 2), 3]
      input = [rng.integer(1, 2), rng.integer(3, 5)]
      inChannels = groups * rng.integer(130, 140)
      outChannels = groups * rng.integer(5, 20)
    }
    const pair = (low: number, high: number) => [rng.integer(low, high), rng.integer(low, high)] as const
    const options = { stride: pair(1, 3), padding: pair(0, 3), dilation: pair(1, 2) }
    // And so many places that the sums over them, of the weights' gradients, are taken in several slices.
    if (rng.integer(0, 7) === 0) {
      kernel = pair(1, 2)
      input = [rng.integer(20, 30), rng.integer(28, 34)]
      options.stride = [1, 1]
      ;[inChannels, outChannels] = [groups * rng.integer(1, 2), groups * rng.integer(1, 3)]
    }
    const batch = rng.uniform() < 0.05 ? 0 : rng.integer(1, 3)
    const span = [0, 1].map(i => options.dilation[i] * (kernel[i] - 1) + 1 - 2 * options.padding[i])
    if (span.some((n, i) => n > input[i])) continue
    const window = outputSize('conv2d', input, kernel, options)
    const products = batch * sizeOf(window.output) * sizeOf(kernel) * (inChannels / groups) * outChannels
    const g = { ...window, batch, groups, inChannels, outChannels }
    if (products <= MOST && !isTiled(g) && !stridedPays(g)) return g
  }
}

const isTiled = (g: Convolution): boolean =>
  tilingOf(g, false) !== undefined && tilingOf(g, true) !== undefined

/** One that minimal filtering computes in less time. */
function tiled(rng: Generator): Convolution {
  for (;;) {
    const taps = rng.integer(0, 2) < 2 ? 3 : 5
    const pair = (low: number, high: number) => [rng.integer(low, high), rng.integer(low, high)] as const
    const [input, padding] = [pair(taps, 9), pair(0, 2)]
    const window = outputSize('conv2d', input, [taps, taps], { stride: [1, 1], padding, dilation: [1, 1] })
    const [inChannels, outChannels] = pair(16, 36)
    const g = { ...window, batch: rng.integer(1, 2), groups: 1, inChannels, outChannels }
    const products = g.batch * sizeOf(window.output) * taps ** 2 * inChannels * outChannels
    if (products < 10 * MOST && isTiled(g)) return g
  }
}

/** One of stride 2 that minimal filtering computes in less time. */
function strided(rng: Generator): Convolution {
  for (;;) {
    const pair = (low: number, high: number) => [rng.integer(low, high), rng.integer(low, high)] as const
    const [input, padding] = [pair(15, 20), pair(0, 1)]
    const window = outputSize('conv2d', input, [3, 3], { stride: [2, 2], padding, dilation: [1, 1] })
    const [inChannels, outChannels] = pair(40, 48)
    const g = { ...window, batch: rng.integer(2, 3), groups: 1, inChannels, outChannels }
    if (stridedPays(g)) return g
  }
}

/** One whose groups have a channel or two, as many in as out. */
function narrow(rng: Generator): Convolution {
  for (;;) {
    const perGroup = rng.integer(1, 2)
    const groups = Math.max(2, size(rng, 40))
    const pair = (low: number, high: number) => [rng.integer(low, high), rng.integer(low, high)] as const
    const [kernel, input] = [pair(1, 4), pair(1, 12)]
    const options = { stride: pair(1, 4), padding: pair(0, 4), dilation: pair(1, 4) }
    if (kernel.some((n, i) => options.dilation[i] * (n - 1) + 1 > input[i] + 2 * options.padding[i])) continue
    const window = outputSize('conv2d', input, kernel, options)
    const channels = groups * perGroup
    const batch = rng.uniform() < 0.05 ? 0 : rng.integer(1, 4)
    const g = { ...window, batch, groups, inChannels: channels, outChannels: channels }
    if (batch * sizeOf(window.output) * sizeOf(kernel) * perGroup * channels <= MOST) return g
  }
}

const xShape = (g: Convolution): Shape => [g.batch, ...g.input, g.inChannels]
const wShape = (g: Convolution): Shape => [...g.kernel, g.inChannels / g.groups, g.outChannels]
const zShape = (g: Convolution): Shape => [g.batch, ...g.output, g.outChannels]

type Part = Pick<Call, 'tolerance' | 'cases'> & {
  readonly kind: string
  readonly geometry: (rng: Generator) => Convolution
  /** Images, and weights where they meet no padding. */
  readonly fill: (rng: Generator, s: Shape) => Input
  /** How many results along each side are computed together. */
  readonly tile?: (g: Convolution) => number
  /** What meets the zeros of the padding, if another: the weights, and the gradient of the output. */
  readonly padded?: Part['fill']
}

/** A convolution and its gradients. */
const convolutions = ({ kind, geometry, fill, padded = fill, tile, tolerance, cases }: Part): Call[] => [
  {
    name: `conv2d${kind}`,
    kernel: 'conv2d',
    tolerance,
    cases,
    draw(rng) {
      const g = geometry(rng)
      return {
        inputs: [fill(rng, xShape(g)), padded(rng, wShape(g))],
        together: tile && { axes: [1, 2], places: tile(g) },
        run: (k, [x, w]) => k.conv2d(x, w, g),
      }
    },
  },
  {
    name: `conv2dActivated${kind}`,
    kernel: 'conv2dActivated',
    op: 'conv2dPrelu',
    tolerance,
    cases,
    draw(rng) {
      const g = geometry(rng)
      const inputs = [fill(rng, xShape(g)), padded(rng, wShape(g)), floats(rng, [g.outChannels])]
      const together = tile && { axes: [1, 2], places: tile(g) }
      if (rng.uniform() < 0.5) {
        return { inputs, together, run: (k, [x, w, bias]) => applied(k, conv2dReluOp, { x, w, bias }, g) }
      }
      const slope = floats(rng, rng.uniform() < 0.3 ? [] : [g.outChannels])
      return {
        inputs: [...inputs, slope],
        together,
        run: (k, [x, w, bias, slope]) => applied(k, conv2dPreluOp, { x, w, bias, slope }, g),
      }
    },
  },
  {
    name: `conv2dInputGrad${kind}`,
    kernel: 'conv2dInputGrad',
    tolerance,
    draw(rng) {
      const g = geometry(rng)
      return {
        inputs: [fill(rng, zShape(g)), finite(rng, wShape(g))],
        together: tile && { axes: [1, 2], places: tile(g) },
        run: (k, [dz, w]) => k.conv2dInputGrad(dz, w, g),
      }
    },
  },
  {
    name: `conv2dWeightGrad${kind}`,
    kernel: 'conv2dWeightGrad',
    tolerance,
    draw(rng) {
      const g = geometry(rng)
      return {
        inputs: [fill(rng, xShape(g)), padded(rng, zShape(g))],
        // All taps are computed at once.
        together: tile && { axes: [0, 1], places: g.kernel[0] },
        run: (k, [x, dz]) => k.conv2dWeightGrad(x, dz, g),
      }
    },
  },
]

export const PRODUCTS: readonly Call[] = [
  matmul,
  ...convolutions({ kind: '', geometry, fill: values }),
  ...convolutions({ kind: ' in narrow groups', geometry: narrow, fill: values, padded: finite }),
  // What is not finite reaches places nearby too (test/engine/notANumber.test.ts), and errors are those of all values of a
  // tile: at a corner one tap may have a place in the image, and its neighbours many. Of 400 cases some fail at a quarter of this share, none
  // at half of it.
  ...convolutions({
    kind: ' by tiles',
    geometry: tiled,
    fill: finite,
    tile: ({ kernel }) => (kernel[0] === 3 ? 4 : 2),
    tolerance: 5e-6,
  }),
  ...convolutions({
    kind: ' of stride 2 by tiles',
    geometry: strided,
    fill: finite,
    tile: () => 5,
    tolerance: 5e-6,
    cases: 4,
  }).slice(0, 2),
]
