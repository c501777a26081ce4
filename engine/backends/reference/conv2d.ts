import type { Backend, Convolution, NDArray, TypedArray } from '../backend.ts'
import { gemm, type Matrix } from './gemm.ts'
import { allocate, valuesOf } from './storage.ts'

type Kernels = Pick<Backend, 'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad'>

/** Output places whose patches are laid out at a time. */
const BLOCK = 256

/**
 * A convolution is a matrix product: the patch of x under each output place, [places, taps * channels], times the
 * weights, [taps * channels, O]. Its adjoints are the two other products of the same three matrices.
 */
export const convolution: Kernels = {
  conv2d(x, w, g, bias) {
    const { values: z, array } = allocate([g.batch, ...g.output, g.outChannels], x.dtype)
    eachBlock(g, (places, group, depth, width) => {
      const patches = gatherPatches(valuesOf(x), places, group, g)
      const sum = new Float64Array(places.count * width)
      if (bias !== undefined) {
        const row = valuesOf(bias).subarray(group * width, (group + 1) * width)
        for (let i = 0; i < places.count; i++) sum.set(row, i * width)
      }
      gemm(patches, weights(w, group, g), sum, places.count, width, depth)
      for (let i = 0; i < places.count; i++) {
        z.set(sum.subarray(i * width, (i + 1) * width), (places.first + i) * g.outChannels + group * width)
      }
    })
    return array
  },

  conv2dInputGrad(dz, w, g) {
    const { values: dx, array } = allocate([g.batch, ...g.input, g.inChannels], dz.dtype)
    const total = new Float64Array(dx.length)
    eachBlock(g, (places, group, depth, width) => {
      const { values, start, row, col } = weights(w, group, g)
      const patches = new Float64Array(places.count * depth)
      gemm(
        outputs(dz, places, group, g),
        { values, start, row: col, col: row },
        patches,
        places.count,
        depth,
        width,
      )
      eachRun(places, group, g, (xAt, at, n) => {
        for (let c = 0; c < n; c++) total[xAt + c] += patches[at + c]
      })
    })
    dx.set(total)
    return array
  },

  conv2dWeightGrad(x, dz, g) {
    const { values: dw, array } = allocate([...g.kernel, g.inChannels / g.groups, g.outChannels], x.dtype)
    const size = dw.length / g.groups
    const sums = Array.from({ length: g.groups }, () => new Float64Array(size))
    eachBlock(g, (places, group, depth, width) => {
      const { values, start, row, col } = gatherPatches(valuesOf(x), places, group, g)
      gemm(
        { values, start, row: col, col: row },
        outputs(dz, places, group, g),
        sums[group],
        depth,
        width,
        places.count,
      )
    })
    const width = g.outChannels / g.groups
    sums.forEach((sum, group) => {
      for (let i = 0; i < size; i++)
        dw[Math.floor(i / width) * g.outChannels + group * width + (i % width)] = sum[i]
    })
    return array
  },
}

/** Consecutive output places, counted over batch, height and width. */
interface Places {
  readonly first: number
  readonly count: number
}

function eachBlock(
  g: Convolution,
  visit: (places: Places, group: number, depth: number, width: number) => void,
): void {
  const total = g.batch * g.output[0] * g.output[1]
  const depth = (g.kernel[0] * g.kernel[1] * g.inChannels) / g.groups
  for (let first = 0; first < total; first += BLOCK) {
    const places = { first, count: Math.min(BLOCK, total - first) }
    for (let group = 0; group < g.groups; group++) visit(places, group, depth, g.outChannels / g.groups)
  }
}

/**
 * Visits what lies on the image of each place's patch, in runs of `n` neighbours: where a run starts in x and among
 * the patches. The taps of a kernel's row are one run where they lie side by side, else each is its own.
 */
function eachRun(
  { first, count }: Places,
  group: number,
  g: Convolution,
  visit: (xAt: number, at: number, n: number) => void,
): void {
  const [[height, width], [rows, columns]] = [g.input, g.output]
  const channels = g.inChannels / g.groups
  const taps = g.groups === 1 && g.dilation[1] === 1 ? g.kernel[1] : 1
  let at = 0
  for (let place = first; place < first + count; place++) {
    const q = place % columns
    const p = Math.floor(place / columns) % rows
    const image = Math.floor(place / (columns * rows)) * height
    for (let i = 0; i < g.kernel[0]; i++) {
      const h = p * g.stride[0] + i * g.dilation[0] - g.padding[0]
      for (let j = 0; j < g.kernel[1]; j += taps, at += taps * channels) {
        const v = q * g.stride[1] + j * g.dilation[1] - g.padding[1]
        const [from, to] = [Math.max(0, -v), Math.min(taps, width - v)]
        if (h < 0 || h >= height || from >= to) continue
        const xAt = ((image + h) * width + v + from) * g.inChannels + group * channels
        visit(xAt, at + from * channels, (to - from) * channels)
      }
    }
  }
}

/** [places, taps * channels]; what lies in the padding is 0. */
function gatherPatches(xs: TypedArray, places: Places, group: number, g: Convolution): Matrix {
  const depth = (g.kernel[0] * g.kernel[1] * g.inChannels) / g.groups
  const values = new Float64Array(places.count * depth)
  eachRun(places, group, g, (xAt, at, n) => {
    for (let c = 0; c < n; c++) values[at + c] = xs[xAt + c]
  })
  return { values, start: 0, row: depth, col: 1 }
}

/** [taps * channels, O]: the weights as they lie. */
function weights(w: NDArray, group: number, g: Convolution): Matrix {
  return { values: valuesOf(w), start: (group * g.outChannels) / g.groups, row: g.outChannels, col: 1 }
}

/** [places, O]: z or dz as it lies. */
function outputs(dz: NDArray, places: Places, group: number, g: Convolution): Matrix {
  const start = places.first * g.outChannels + (group * g.outChannels) / g.groups
  return { values: valuesOf(dz), start, row: g.outChannels, col: 1 }
}
