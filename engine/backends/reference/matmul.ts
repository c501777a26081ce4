import { sizeOf } from '../../shape.ts'
import type { Backend } from '../backend.ts'
import { broadcastStrides, rowStarts } from './layout.ts'
import { allocate, valuesOf } from './storage.ts'

/** z[i,j] = sum over k of a[i,k] b[k,j], added up in float64 in the order of k. */
export const matmul: Backend['matmul'] = (a, b, transposeA, transposeB, shape) => {
  const { values: z, array } = allocate(shape, a.dtype)
  const [as, bs] = [valuesOf(a), valuesOf(b)]
  const [m, n] = shape.slice(-2)
  const depth = a.shape[a.shape.length - (transposeA ? 2 : 1)]
  const [aRow, aCol] = transposeA ? [1, m] : [depth, 1]
  const [bRow, bCol] = transposeB ? [1, depth] : [n, 1]
  const lead = shape.slice(0, -2)
  const starts = (x: typeof a): Int32Array => {
    const batch = [...x.shape.slice(0, -2), 1]
    const matrix = sizeOf(x.shape.slice(-2))
    return rowStarts([...lead, 1], broadcastStrides(batch, [...lead, 1])).map(start => start * matrix)
  }
  const [aStarts, bStarts] = [starts(a), starts(b)]
  const row = new Float64Array(n)
  for (let batch = 0; batch < sizeOf(lead); batch++) {
    for (let i = 0; i < m; i++) {
      row.fill(0)
      for (let k = 0; k < depth; k++) {
        const x = as[aStarts[batch] + i * aRow + k * aCol]
        const at = bStarts[batch] + k * bRow
        for (let j = 0; j < n; j++) row[j] += x * bs[at + j * bCol]
      }
      z.set(row, (batch * m + i) * n)
    }
  }
  return array
}
