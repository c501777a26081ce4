import type { Cell } from '../cell.ts'
import type { Core } from '../core.ts'
import type { Program } from '../program.ts'
import { numbers, walk } from '../walk.ts'
import type { Product } from './product.ts'

const programs = new Map<number, Program>()

/** Thread (batch, i, j) of C[b] = A[b] B[b]; `rank` counts the batch axes and two. */
function product(rank: number): Program {
  let program = programs.get(rank)
  if (program === undefined) {
    const { parameters, lines, functions } = walk(rank, ['a', 'b'])
    program = {
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
    programs.set(rank, program)
  }
  return program
}

/** A result a thread, from the matrices as they lie: what suits a processor. */
export const plainProduct =
  (core: Core) =>
  ({ batches, m, n, k, a, b }: Product): Cell => {
    const batch = a.sizes.slice(0, -2)
    const [aRow, aColumn] = a.strides.slice(-2)
    const [bRow, bColumn] = b.strides.slice(-2)
    const strides = [
      [...a.strides.slice(0, -2), aRow, 0],
      [...b.strides.slice(0, -2), 0, bColumn],
    ]
    const args = [
      a.cell,
      b.cell,
      ...numbers([...batch, m, n], strides),
      k,
      Math.ceil(Math.cbrt(k)),
      aColumn,
      bRow,
    ]
    return core.device.run(product(batch.length + 2), batches * m * n, args)
  }
