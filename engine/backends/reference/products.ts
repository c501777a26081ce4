import { sizeOf } from '../../shape.ts'
import type { Backend, Convolution } from '../backend.ts'
import { broadcastStrides, rowStarts } from '../layout.ts'
import { allocate, valuesOf } from './storage.ts'

/** Sums in float64, each in the order of its terms. */
export const products = {
  matmul(a, b, transposeA, transposeB, shape) {
    const { values: z, array } = allocate(shape, a.dtype)
    const [as, bs] = [valuesOf(a), valuesOf(b)]
    const [m, n] = shape.slice(-2)
    const depth = a.shape[a.shape.length - (transposeA ? 2 : 1)]
    const lead = shape.slice(0, -2)
    /** Where the matrix of each batch starts. */
    const starts = (x: typeof a): Int32Array => {
      const strides = broadcastStrides([...x.shape.slice(0, -2), 1], [...lead, 1])
      return rowStarts([...lead, 1], strides).map(start => start * sizeOf(x.shape.slice(-2)))
    }
    const [aStarts, bStarts] = [starts(a), starts(b)]
    const [aRow, aColumn] = transposeA ? [1, m] : [depth, 1]
    const [bRow, bColumn] = transposeB ? [1, depth] : [n, 1]
    const row = new Float64Array(n)
    for (let batch = 0; batch < sizeOf(lead); batch++) {
      for (let i = 0; i < m; i++) {
        row.fill(0)
        for (let k = 0; k < depth; k++) {
          const x = as[aStarts[batch] + i * aRow + k * aColumn]
          const from = bStarts[batch] + k * bRow
          for (let j = 0; j < n; j++) row[j] += x * bs[from + j * bColumn]
        }
        z.set(row, (batch * m + i) * n)
      }
    }
    return array
  },

  conv2d(x, w, g, bias) {
    const { values: z, array } = allocate([g.batch, ...g.output, g.outChannels], x.dtype)
    const [xs, ws, biases] = [valuesOf(x), valuesOf(w), bias && valuesOf(bias)]
    const total = new Float64Array(z.length)
    eachTap(g, (xAt, wAt, zAt, n) => {
      const value = xAt < 0 ? 0 : xs[xAt]
      for (let o = 0; o < n; o++) total[zAt + o] += value * ws[wAt + o]
    })
    z.set(biases === undefined ? total : total.map((sum, i) => sum + biases[i % g.outChannels]))
    return array
  },

  conv2dInputGrad(dz, w, g) {
    const { values: dx, array } = allocate([g.batch, ...g.input, g.inChannels], dz.dtype)
    const [dzs, ws] = [valuesOf(dz), valuesOf(w)]
    const total = new Float64Array(dx.length)
    eachTap(g, (xAt, wAt, zAt, n) => {
      if (xAt < 0) return
      let sum = 0
      for (let o = 0; o < n; o++) sum += dzs[zAt + o] * ws[wAt + o]
      total[xAt] += sum
    })
    dx.set(total)
    return array
  },

  conv2dWeightGrad(x, dz, g) {
    const { values: dw, array } = allocate([...g.kernel, g.inChannels / g.groups, g.outChannels], x.dtype)
    const [xs, dzs] = [valuesOf(x), valuesOf(dz)]
    const total = new Float64Array(dw.length)
    eachTap(g, (xAt, wAt, zAt, n) => {
      const value = xAt < 0 ? 0 : xs[xAt]
      for (let o = 0; o < n; o++) total[wAt + o] += value * dzs[zAt + o]
    })
    dw.set(total)
    return array
  },
} satisfies Partial<Backend>

/**
 * A convolution is the sum of x[xAt] w[wAt + o] in z[zAt + o] over all that is visited and o < n, n the output channels
 * of a group; its adjoints run over the same products. What lies in the padding has the xAt -1.
 */
function eachTap(g: Convolution, visit: (xAt: number, wAt: number, zAt: number, n: number) => void): void {
  const [channels, n] = [g.inChannels / g.groups, g.outChannels / g.groups]
  for (let image = 0; image < g.batch; image++) {
    for (let p = 0; p < g.output[0]; p++) {
      for (let q = 0; q < g.output[1]; q++) {
        for (let i = 0; i < g.kernel[0]; i++) {
          for (let j = 0; j < g.kernel[1]; j++) {
            const row = p * g.stride[0] + i * g.dilation[0] - g.padding[0]
            const column = q * g.stride[1] + j * g.dilation[1] - g.padding[1]
            const inside = row >= 0 && row < g.input[0] && column >= 0 && column < g.input[1]
            const pixel = ((image * g.input[0] + row) * g.input[1] + column) * g.inChannels
            const output = ((image * g.output[0] + p) * g.output[1] + q) * g.outChannels
            for (let group = 0; group < g.groups; group++) {
              for (let c = 0; c < channels; c++) {
                const wAt = ((i * g.kernel[1] + j) * channels + c) * g.outChannels + group * n
                visit(inside ? pixel + group * channels + c : -1, wAt, output + group * n, n)
              }
            }
          }
        }
      }
    }
  }
}
