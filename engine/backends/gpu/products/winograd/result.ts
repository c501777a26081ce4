import type { Tile } from '../../drivers/driver.ts'
import { DIV, type Program } from '../../program.ts'
import { groupOf } from '../tile.ts'

/** Puts the places of tiles in order: 4 x 4 of them lie together, for each value of a product's tile. */
export const result = (tile: Tile, bias: boolean): Program => ({
  source: `function (y, ${bias ? 'bias, ' : ''}n4, tiles0, tiles1, output0, output1, columns) {
    // z[n, p, q, o] = y[i, o; p mod 2, q mod 2]${bias ? ' + bias[o]' : ''}, tile i = (n, floor(p / 2), floor(q / 2))
    const t = div(this.thread.x, columns);
    const o = this.thread.x - t * columns;
    const u = div(t, output1);
    const q = t - u * output1;
    const n = div(u, output0);
    const p = u - n * output0;
    const a = ${groupOf('p', 2)};
    const b = ${groupOf('q', 2)};
    const i = (n * tiles0 + a) * tiles1 + b;
    const i4 = ${groupOf('i', tile.rows)};
    const j4 = ${groupOf('o', tile.columns)};
    const at = (i4 * n4 + j4) * ${tile.rows * tile.columns} + (i - i4 * ${tile.rows}) * ${tile.columns} + o - j4 * ${tile.columns};
    return y[(at * 4 + p - a * 2) * 4 + q - b * 2]${bias ? ' + bias[o]' : ''};
  }`,
  functions: [DIV],
})
