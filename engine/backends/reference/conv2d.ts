import type { Backend, Convolution } from '../backend.ts'
import { allocate, valuesOf } from './storage.ts'

type Kernels = Pick<Backend, 'conv2d' | 'conv2dInput' | 'conv2dWeight'>

/** The three sums of a convolution, added up in float64 in a fixed order. */
export const convolution: Kernels = {
  conv2d(x, w, g) {
    const { values: z, array } = allocate([g.batch, ...g.output, g.outChannels], x.dtype)
    const [xs, ws] = [valuesOf(x), valuesOf(w)]
    const { inPer, outPer } = perGroup(g)
    const sum = new Float64Array(outPer)
    eachOutput(g, (n, p, q, group, zAt) => {
      sum.fill(0)
      eachTap(g, n, p, q, group, (xAt, tap) => {
        for (let c = 0; c < inPer; c++) {
          const value = xs[xAt + c]
          const wAt = (tap * inPer + c) * g.outChannels + group * outPer
          for (let o = 0; o < outPer; o++) sum[o] += value * ws[wAt + o]
        }
      })
      z.set(sum, zAt)
    })
    return array
  },

  conv2dInput(dz, w, g) {
    const { values: dx, array } = allocate([g.batch, ...g.input, g.inChannels], dz.dtype)
    const [dzs, ws] = [valuesOf(dz), transposeTaps(valuesOf(w), g)]
    const { inPer, outPer } = perGroup(g)
    const sum = new Float64Array(dx.length)
    eachOutput(g, (n, p, q, group, zAt) => {
      eachTap(g, n, p, q, group, (xAt, tap) => {
        for (let o = 0; o < outPer; o++) {
          const value = dzs[zAt + o]
          const wAt = (tap * g.outChannels + group * outPer + o) * inPer
          for (let c = 0; c < inPer; c++) sum[xAt + c] += value * ws[wAt + c]
        }
      })
    })
    dx.set(sum)
    return array
  },

  conv2dWeight(x, dz, g) {
    const { inPer, outPer } = perGroup(g)
    const { values: dw, array } = allocate([...g.kernel, inPer, g.outChannels], x.dtype)
    const [xs, dzs] = [valuesOf(x), valuesOf(dz)]
    const sum = new Float64Array(dw.length)
    eachOutput(g, (n, p, q, group, zAt) => {
      eachTap(g, n, p, q, group, (xAt, tap) => {
        for (let c = 0; c < inPer; c++) {
          const value = xs[xAt + c]
          const wAt = (tap * inPer + c) * g.outChannels + group * outPer
          for (let o = 0; o < outPer; o++) sum[wAt + o] += value * dzs[zAt + o]
        }
      })
    })
    dw.set(sum)
    return array
  },
}

const perGroup = (g: Convolution) => ({ inPer: g.inChannels / g.groups, outPer: g.outChannels / g.groups })

/** Visits each output place and group, with where its channels start in z. */
function eachOutput(
  g: Convolution,
  visit: (n: number, p: number, q: number, group: number, zAt: number) => void,
): void {
  const { outPer } = perGroup(g)
  let zAt = 0
  for (let n = 0; n < g.batch; n++) {
    for (let p = 0; p < g.output[0]; p++) {
      for (let q = 0; q < g.output[1]; q++) {
        for (let group = 0; group < g.groups; group++, zAt += outPer) visit(n, p, q, group, zAt)
      }
    }
  }
}

/** Visits each tap of the kernel that lies on the image, with where its channels start in x. */
function eachTap(
  g: Convolution,
  n: number,
  p: number,
  q: number,
  group: number,
  visit: (xAt: number, tap: number) => void,
): void {
  const { inPer } = perGroup(g)
  const [height, width] = g.input
  for (let i = 0; i < g.kernel[0]; i++) {
    const h = p * g.stride[0] + i * g.dilation[0] - g.padding[0]
    if (h < 0 || h >= height) continue
    for (let j = 0; j < g.kernel[1]; j++) {
      const v = q * g.stride[1] + j * g.dilation[1] - g.padding[1]
      if (v < 0 || v >= width) continue
      visit(((n * height + h) * width + v) * g.inChannels + group * inPer, i * g.kernel[1] + j)
    }
  }
}

/** w[tap,c,o] as [tap,o,c], so that the inner loop of conv2dInput runs over neighbours. */
function transposeTaps(ws: ArrayLike<number>, g: Convolution): Float64Array {
  const { inPer } = perGroup(g)
  const out = new Float64Array(ws.length)
  for (let tap = 0; tap < g.kernel[0] * g.kernel[1]; tap++) {
    for (let c = 0; c < inPer; c++) {
      for (let o = 0; o < g.outChannels; o++) {
        out[(tap * g.outChannels + o) * inPer + c] = ws[(tap * inPer + c) * g.outChannels + o]
      }
    }
  }
  return out
}
