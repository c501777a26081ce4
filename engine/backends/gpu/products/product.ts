import { type Shape, sizeOf } from '../../../shape.ts'
import type { NDArray } from '../../backend.ts'
import { broadcastStrides } from '../../layout.ts'
import type { GpuBuffer } from '../buffer.ts'
import { bufferOf } from '../context.ts'

/** A matrix for each batch: sizes and strides, batch axes first. */
export interface Matrices {
  readonly buffer: GpuBuffer
  readonly sizes: readonly number[]
  readonly strides: readonly number[]
}

/** C[batch] = A[batch] B[batch], A[m,k], B[k,n]. */
export interface Product {
  readonly batches: number
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: Matrices
  readonly b: Matrices
}

export function productOf(
  a: NDArray,
  b: NDArray,
  transposeA: boolean,
  transposeB: boolean,
  shape: Shape,
): Product {
  const [lead, [rows, n]] = [shape.slice(0, -2), shape.slice(-2)]
  const k = a.shape.at(transposeA ? -2 : -1)!
  // One matrix B for a batch of rows: the batch is more rows.
  const one = !transposeA && sizeOf(b.shape.slice(0, -2)) === 1
  const [batch, m] = one ? [[], sizeOf(lead) * rows] : [lead, rows]
  const matrices = (x: NDArray, transposed: boolean, height: number, width: number): Matrices => {
    const [row, column] = transposed ? [1, height] : [width, 1]
    const starts = one ? [] : broadcastStrides([...x.shape.slice(0, -2), 1], [...lead, 1]).slice(0, -1)
    const outer = starts.map(stride => stride * height * width)
    return { buffer: bufferOf(x), sizes: [...batch, height, width], strides: [...outer, row, column] }
  }
  return {
    batches: sizeOf(batch),
    m,
    n,
    k,
    a: matrices(a, transposeA, m, k),
    b: matrices(b, transposeB, k, n),
  }
}
