import { memo } from '../../../memo.ts'
import type { GpuBuffer } from '../buffer.ts'
import type { Context } from '../context.ts'
import type { Program } from '../program.ts'
import { stridedArguments, stridedIndexing } from '../stridedIndexing.ts'
import type { Product } from './product.ts'

/** Thread (batch, i, j) of C[b] = A[b] B[b]; `rank` counts the batch axes and two. */
const program = memo((rank: number): Program => {
  const { parameters, lines, functions } = stridedIndexing(rank, ['a', 'b'])
  return {
    source: `function (a, b, ${parameters}, k, side, aStep, bStep) {
    // z[b, i, j] = sum over k of a[b, i, k] b[b, k, j]; sums of sums of sums, so that a long one rounds little
    ${lines}
    let p = aAt;
    let q = bAt;
    let sum = 0;
    for (let i0 = 0; i0 < k; i0 += side * side) {
      let outer = 0;
      const end0 = Math.min(i0 + side * side, k);
      for (let i1 = i0; i1 < end0; i1 += side) {
        let inner = 0;
        const end1 = Math.min(i1 + side, end0);
        for (let i = i1; i < end1; i += 1) {
          inner += a[p] * b[q];
          p += aStep;
          q += bStep;
        }
        outer += inner;
      }
      sum += outer;
    }
    return sum;
  }`,
    functions,
  }
})

/** A result a thread, from the matrices as they lie: what suits a processor. */
export const plainProduct =
  (context: Context) =>
  ({ batches, m, n, k, a, b }: Product): GpuBuffer => {
    const batch = a.sizes.slice(0, -2)
    const [aRow, aColumn] = a.strides.slice(-2)
    const [bRow, bColumn] = b.strides.slice(-2)
    const strides = [
      [...a.strides.slice(0, -2), aRow, 0],
      [...b.strides.slice(0, -2), 0, bColumn],
    ]
    const args = [
      a.buffer,
      b.buffer,
      ...stridedArguments([...batch, m, n], strides),
      k,
      Math.ceil(Math.cbrt(k)),
      aColumn,
      bRow,
    ]
    return context.device.run(program(batch.length + 2), batches * m * n, args)
  }
