import type { GpuBuffer } from '../buffer.ts'
import type { Context } from '../context.ts'
import type { Tile } from '../drivers/driver.ts'
import type { Program } from '../program.ts'
import { DIV, lesser } from '../snippets.ts'
import { foursOf, packColumns, packRows } from './pack.ts'
import type { Product } from './product.ts'
import * as text from './tile.ts'

/** The most terms that a thread sums: longer sums are in parts, which other threads sum and which round less. */
export const PART_TERMS = 512

/** C[batch] = A[batch] B[batch], in tiles. */
export function tiledProduct(context: Context, tile: Tile): (product: Product) => GpuBuffer {
  const multiply = productTiles(context, tile)
  const programs = { result: result(tile, false), sum: result(tile, true) }
  return product => {
    const { batches, m, n, k } = product
    const parts = Math.ceil(k / PART_TERMS)
    const [m4, n4] = [Math.ceil(m / tile.rows), Math.ceil(n / tile.columns)]
    const sums = multiply(product, parts)
    return context.using(sums, () =>
      context.device.run(parts > 1 ? programs.sum : programs.result, batches * m * n, [
        ...sums,
        m,
        n,
        m4,
        n4,
        parts,
      ]),
    )
  }
}

/** Tiles y[batch, part, i, j] of a product, as threads hand them out; of matrices packed for them. */
export function productTiles(
  context: Context,
  tile: Tile,
): (product: Product, parts: number) => readonly GpuBuffer[] {
  const program = tiles(tile)
  return ({ batches, m, n, k, a, b }, parts) => {
    const [m4, n4, k4] = [Math.ceil(m / tile.rows), Math.ceil(n / tile.columns), foursOf(k)]
    const packed = context.each(
      () => packRows(context, a),
      () => packColumns(context, tile, b),
    )
    return context.using(packed, () =>
      context.device.runFours(program, batches * parts * m4 * n4, [
        ...packed,
        m,
        n4,
        k4,
        m4,
        parts,
        Math.ceil(k4 / parts),
      ]),
    )
  }
}

const tiles = (tile: Tile): Program => ({
  source: `function (a, b, m, n4, k4, m4, parts, length) {
    // y[b, part, i, j] = sum over k of the part of a[b, i, k] b[b, k, j], for ${tile.rows} rows i and ${tile.columns} columns j
    const t = div(this.thread.x, n4);
    const j = this.thread.x - t * n4;
    const u = div(t, m4);
    const batch = div(u, parts);
    const first = (u - batch * parts) * length;
    let p = (batch * m + (t - u * m4) * ${tile.rows}) * k4 + first;
    ${text.beginColumns(tile, 'batch', 'k4', 'first')}
    const turns = ${lesser('length', 'k4 - first')};
    ${text.zeroSums(tile)}
    for (let k = 0; k < turns; k++) {
      ${text.turn(tile, 'a', r => `p + ${r} * k4`, 'b')}
      p += 1;
    }
    ${text.handOut(tile)}
  }`,
  functions: [DIV],
  results: text.resultsOf(tile),
  specialize: true,
})

const result = (tile: Tile, sum: boolean): Program => ({
  source: `function (${text.handedOut(tile).join(', ')}, m, n, m4, n4, parts) {
    // z[b, i, j] = sum over parts of y[b, part, i, j]
    const t = div(this.thread.x, n);
    const c = this.thread.x - t * n;
    const batch = div(t, m);
    const i = t - batch * m;
    const i4 = ${text.groupOf('i', tile.rows)};
    const row = i - i4 * ${tile.rows};
    const j4 = ${text.groupOf('c', tile.columns)};
    const l = c - j4 * ${tile.columns};
    ${
      sum
        ? text.sumParts(`const at = ((batch * parts + part) * m4 + i4) * n4 + j4;
        ${text.pick(tile)}`)
        : `const at = (batch * m4 + i4) * n4 + j4;
    ${text.pick(tile)}
    const sum = z;`
    }
    return sum;
  }`,
  functions: [DIV],
  specialize: true,
})
