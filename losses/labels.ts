import { type Backend, type Tensor, tensor } from '../engine/index.ts'

/** y[N]: the class of each sample, an integer from 0 to C - 1. */
export type Labels = Int32Array | readonly number[]

/** Throws unless y holds n integers from 0 to classes - 1, and n is at least 1. */
export function checkLabels(op: string, y: Labels, n: number, classes: number): void {
  if (n === 0) throw new Error(`${op}: at least one sample expected, got an empty batch`)
  if (y.length !== n) throw new Error(`${op}: ${n} labels expected, one a row of x, got ${y.length}`)
  for (let i = 0; i < n; i++) {
    if (!Number.isInteger(y[i]) || y[i] < 0 || y[i] >= classes) {
      throw new Error(`${op}: labels are integers from 0 to ${classes - 1}, got ${y[i]} for sample ${i}`)
    }
  }
}

/** The labels as an index [N,1]: what gather and scatterAdd take. Check them first. */
export function labelIndex(y: Labels, backend: Backend): Tensor {
  return tensor(Int32Array.from(y), { shape: [y.length, 1], backend })
}
