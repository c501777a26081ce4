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

const panels = memo((rank: number): Program => {
  const { parameters, lines, functions } = stridedIndexing(rank, ['x'])
  const panel = rank === 3 ? 'rest' : `c${rank - 3}`
  return {
    source: `function (x, ${parameters}, width, rows, columns) {
    // z[.., j, i, l] = x[.., i, width j + l], l < width, 0 where i >= rows or beyond columns
    ${lines}
    return c${rank - 2} < rows && ${panel} * width + c${rank - 1} < columns ? x[xAt] : 0;
  }`,
    functions,
  }
})

/** A's: [.., rows, fours of columns]. */
export const packRows = (context: Context, a: Matrices): GpuBuffer => packFours(context, a, a.sizes.at(-2)!)

/** B's, its rows padded to a multiple of four, as the tile reads them: in fours of columns, or in panels of columns. */
export function packColumns(context: Context, { loads, columns: width }: Tile, b: Matrices): GpuBuffer {
  const [rows, columns] = b.sizes.slice(-2)
  if (loads === 'fours') return packFours(context, b, foursOf(rows) * 4)
  const [row, column] = b.strides.slice(-2)
  const threads = [...b.sizes.slice(0, -2), Math.ceil(columns / width), foursOf(rows) * 4, width]
  const strides = [...b.strides.slice(0, -2), width * column, row, column]
  const args = [b.buffer, ...stridedArguments(threads, [strides]), width, rows, columns]
  return context.device.run(panels(threads.length), sizeOf(threads), args)
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
