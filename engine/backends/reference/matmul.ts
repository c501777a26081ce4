import { sizeOf } from '../../shape.ts'
import type { Backend } from '../backend.ts'
import { broadcastStrides, rowStarts } from '../layout.ts'
import { gemm } from './gemm.ts'
import { allocate, valuesOf } from './storage.ts'

export const matmul: Backend['matmul'] = (a, b, transposeA, transposeB, shape) => {
  const { values: z, array } = allocate(shape, a.dtype)
  const [m, n] = shape.slice(-2)
  const depth = a.shape[a.shape.length - (transposeA ? 2 : 1)]
  const lead = shape.slice(0, -2)
  /** Where the matrix of each batch starts. */
  const starts = (x: typeof a): Int32Array => {
    const strides = broadcastStrides([...x.shape.slice(0, -2), 1], [...lead, 1])
    return rowStarts([...lead, 1], strides).map(start => start * sizeOf(x.shape.slice(-2)))
  }
  const [aStarts, bStarts] = [starts(a), starts(b)]
  const [aStep, bStep] = [
    transposeA ? { row: 1, col: m } : { row: depth, col: 1 },
    transposeB ? { row: 1, col: depth } : { row: n, col: 1 },
  ]
  const sum = new Float64Array(m * n)
  for (let batch = 0; batch < sizeOf(lead); batch++) {
    sum.fill(0)
    const as = { values: valuesOf(a), start: aStarts[batch], ...aStep }
    const bs = { values: valuesOf(b), start: bStarts[batch], ...bStep }
    gemm(as, bs, sum, m, n, depth)
    z.set(sum, batch * m * n)
  }
  return array
}
