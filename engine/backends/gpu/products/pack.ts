import { memo } from '../../../memo.ts'
import { sizeOf } from '../../../shape.ts'
import type { GpuBuffer } from '../buffer.ts'
import type { Context } from '../context.ts'
import type { Tile } from '../drivers/driver.ts'
import type { Program } from '../program.ts'
import { stridedArguments, stridedIndexing } from '../stridedIndexing.ts'
import type { Matrices } from './product.ts'

/** Number of fours that hold n. */
export const foursOf = (n: number): number => Math.ceil(n / 4)

const fours = memo((rank: number): Program => {
  const { parameters, lines, functions } = stridedIndexing(rank, ['x'])
  const row = rank === 2 ? 'rest' : `c${rank - 2}`
  return {
    source: `function (x, ${parameters}, step, rows, columns) {
    // z[.., i, k, 0..3] = x[.., i, 4 k + 0..3], 0 where i >= rows or beyond columns
    ${lines}
    const k = ${row} < rows ? c${rank - 1} * 4 : columns;
    let z0 = 0; let z1 = 0; let z2 = 0; let z3 = 0;
    if (k < columns) { z0 = x[xAt]; }
    if (k + 1 < columns) { z1 = x[xAt + step]; }
    if (k + 2 < columns) { z2 = x[xAt + 2 * step]; }
    if (k + 3 < columns) { z3 = x[xAt + 3 * step]; }
    return [z0, z1, z2, z3];
  }`,
    functions,
  }
})

/** A's matrices: [.., rows, fours of columns]. */
export const packRows = (context: Context, tile: Tile, a: Matrices): GpuBuffer =>
  packed(context, tile, a, a.sizes.at(-2)!)

/** B's, the rows padded to a multiple of four: [.., rows, fours of columns]. */
export const packColumns = (context: Context, tile: Tile, b: Matrices): GpuBuffer =>
  packed(context, tile, b, foursOf(b.sizes.at(-2)!) * 4)

/** In flat memory as it is, where it lies so. */
function packed(context: Context, tile: Tile, x: Matrices, rows: number): GpuBuffer {
  const whole = x.sizes.at(-1)! % 4 === 0 && x.sizes.at(-2) === rows
  return tile.memory === 'flat' && whole && isDense(x) ? x.buffer : packFours(context, x, rows)
}

/** Whether rows of neighbours follow one another. */
function isDense({ sizes, strides }: Matrices): boolean {
  let next = 1
  for (let i = sizes.length - 1; i >= 0; i--) {
    if (sizes[i] !== 1 && strides[i] !== next) return false
    next *= sizes[i]
  }
  return true
}

function packFours(context: Context, { buffer, sizes, strides }: Matrices, padded: number): GpuBuffer {
  const [[rows, columns], step] = [sizes.slice(-2), strides.at(-1)!]
  const threads = [...sizes.slice(0, -2), padded, foursOf(columns)]
  const args = [
    buffer,
    ...stridedArguments(threads, [[...strides.slice(0, -1), step * 4]]),
    step,
    rows,
    columns,
  ]
  return context.device.runFours(fours(threads.length), sizeOf(threads), args)[0]
}
