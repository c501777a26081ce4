import type { Cell } from '../cell.ts'
import type { Core } from '../core.ts'
import { DIV, type Program } from '../program.ts'
import { foursOf, pack } from './pack.ts'
import type { Product } from './product.ts'
import {
  addProducts,
  type Fours,
  handOut,
  load,
  pick,
  resultsOf,
  rowNames,
  rowsOf,
  zeroSums,
} from './tile.ts'

/** The most terms that a thread sums: longer sums are parts, which other threads sum and which round less. */
const TERMS = 1024

/** By tiles, of matrices in fours. */
export function tiledProduct(core: Core, tile: Fours): (product: Product) => Cell {
  const programs = { tiles: tiles(tile), result: result(tile) }
  return ({ batches, m, n, k, a, b }) => {
    const [m4, n4, k4] = [Math.ceil(m / tile.rows), foursOf(n), foursOf(k)]
    const parts = Math.ceil(k / TERMS)
    const length = Math.ceil(k4 / parts)
    const packed = [pack(core, a.cell, a.sizes, a.strides), pack(core, b.cell, b.sizes, b.strides, k4 * 4)]
    const rows = core.using(packed, () =>
      core.device.runFours(programs.tiles, batches * parts * m4 * n4, [
        ...packed,
        ...[m, n4, k4, m4, parts, length],
      ]),
    )
    // Rows of single tiles lie as the result does.
    if (tile.loads === 'singles' && parts === 1 && n % 4 === 0) return rows[0]
    return core.using(rows, () =>
      core.device.run(programs.result, batches * m * n, [...rows, m, n, m4, n4, parts]),
    )
  }
}

/** Thread (batch, part, tile row i, tile column j) of C[b] = A[b] B[b], A[m,k] in fours along k, B[k,n] along n. */
const tiles = (tile: Fours): Program => ({
  source: `function (a, b, m, n4, k4, m4, parts, length) {
    // y[b, part, i, j, 0..3] = sum over k of the part of a[b, i, k] b[b, k, 4 j + 0..3]${tile.rows === 4 ? ', for i, i + 1, i + 2, i + 3' : ''}
    const t = div(this.thread.x, n4);
    const j = this.thread.x - t * n4;
    const u = div(t, m4);
    const batch = div(u, parts);
    const first = (u - batch * parts) * length;
    let p = (batch * m + (t - u * m4) * ${tile.rows}) * k4 + first;
    let q = (batch * k4 + first) * 4 * n4 + j;
    const turns = Math.min(length, k4 - first);
    ${zeroSums(tile)}
    for (let k = 0; k < turns; k++) {
      ${rowsOf(tile)
        .map(r => load(tile, `v${r}`, 'a', `p + ${r} * k4`))
        .join('\n      ')}
      ${[0, 1, 2, 3].map(k => load(tile, `w${k}`, 'b', `q + ${k} * n4`)).join('\n      ')}
      ${addProducts(tile)}
      p += 1;
      q += 4 * n4;
    }
    ${handOut(tile)}
  }`,
  functions: [DIV],
  results: resultsOf(tile),
  specialize: true,
})

/** Thread (batch, i, j): the sum of the parts. */
const result = (tile: Fours): Program => ({
  source: `function (${rowNames(tile).join(', ')}, m, n, m4, n4, parts) {
    // z[b, i, j] = sum over parts of y[b, part, i, j]
    const t = div(this.thread.x, n);
    const c = this.thread.x - t * n;
    const batch = div(t, m);
    const i = t - batch * m;
    const i4 = div(i, ${tile.rows});
    const row = i - i4 * ${tile.rows};
    const j4 = div(c, 4);
    const l = c - j4 * 4;
    let sum = 0;
    for (let part = 0; part < parts; part++) {
      const at = ((batch * parts + part) * m4 + i4) * n4 + j4;
      ${pick(tile)}
      sum += z;
    }
    return sum;
  }`,
  functions: [DIV],
})
