import type { GpuBuffer } from '../buffer.ts'
import type { Context } from '../context.ts'
import type { Tile } from '../drivers/driver.ts'
import type { Program } from '../program.ts'
import { DIV, lesser } from '../snippets.ts'
import { addParts } from './addParts.ts'
import { foursOf, packColumns, packRows } from './pack.ts'
import type { Product } from './product.ts'
import * as text from './tile.ts'

/** The most terms that a thread sums: longer sums are in parts, which other threads sum and which round less. */
export const PART_TERMS = 512

/** C[batch] = A[batch] B[batch], in tiles. */
export function tiledProduct(context: Context, tile: Tile): (product: Product) => GpuBuffer {
  const programs = { tiles: tiles(tile), result: result(tile, false), sum: result(tile, true) }
  return ({ batches, m, n, k, a, b }) => {
    const parts = Math.ceil(k / PART_TERMS)
    const [m4, n4, k4] = [Math.ceil(m / tile.rows), Math.ceil(n / tile.columns), foursOf(k)]
    const makers = [() => packRows(context, tile, a), () => packColumns(context, tile, b)]
    const [threads, size] = [parts * batches * m4 * n4, batches * m * n]
    return context.made([a.buffer, b.buffer], makers, packed => {
      const args = [...packed, m, n, n4, k4, m4, batches, Math.ceil(k4 / parts)]
      if (tile.memory === 'flat') {
        return addParts(
          context,
          context.device.runStoring(programs.tiles, threads, parts * size, args),
          parts,
        )
      }
      const sums = context.device.runFours(programs.tiles, threads, args)
      const finish = parts > 1 ? programs.sum : programs.result
      return context.using(sums, () =>
        context.device.run(finish, size, [...sums, m, n, m4, n4, batches, parts]),
      )
    })
  }
}

const OPERANDS: text.Operands = { a: 'a', b: 'b', at: r => `p + ${r} * k4` }

const tiles = (tile: Tile): Program => ({
  source: `function (a, b, m, n, n4, k4, m4, batches, length) {
    // y[part, b, i, j] = sum over k of the part of a[b, i, k] b[b, k, j], for ${tile.rows} rows i and ${tile.columns} columns j
    const t = div(this.thread.x, n4);
    const j = this.thread.x - t * n4;
    const u = div(t, m4);
    const i = (t - u * m4) * ${tile.rows};
    const part = div(u, batches);
    const batch = u - part * batches;
    const first = part * length;
    const p = (batch * m + i) * k4 + first;
    let q = (batch * k4 + first) * 4 * n4 + j;
    const count = ${lesser('length', 'k4 - first')};
    ${text.zeroSums(tile)}
    ${text.seek(tile, OPERANDS)}
    ${text.sumLoop(tile, 0, { count: 'count', chain: Infinity }, text.productTurns(tile, OPERANDS))}
    ${
      tile.memory === 'texels'
        ? text.handOut(tile)
        : text.store(tile, {
            on: r => `i + ${r} < m`,
            at: r => `(u * m + i + ${r}) * n`,
            left: 'j * 4',
            columns: 'n',
          })
    }
  }`,
  functions: [DIV],
  results: text.resultsOf(tile),
  stores: tile.memory === 'flat',
  specialize: true,
})

const result = (tile: Tile, sum: boolean): Program => ({
  source: `function (${text.handedOut(tile).join(', ')}, m, n, m4, n4, batches, parts) {
    // z[b, i, j] = sum over parts of y[part, b, i, j]
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
        ? text.sumParts(`const at = ((part * batches + batch) * m4 + i4) * n4 + j4;
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
