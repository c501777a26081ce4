import type { Cell } from '../cell.ts'
import type { Core } from '../core.ts'
import type { Tile } from '../drivers/driver.ts'
import { DIV, type Program, turnsOf } from '../program.ts'
import { FIRST_TAP } from './axis.ts'
import { padded } from './band.ts'
import { foursOf } from './pack.ts'
import {
  beginColumns,
  byChains,
  chainsOf,
  groupOf,
  handedOut,
  handOut,
  pick,
  resultsOf,
  rowsOf,
  sumLoop,
  sumTotals,
  turn,
  zeroSums,
  zeroTotals,
} from './tile.ts'
import { type Weights, weightPacking } from './weights.ts'

export interface Correlation extends Weights {
  /** What is read: x[batch, height, width, groups * channels]. */
  readonly x: Cell
  readonly batch: number
  readonly size: readonly [number, number]
  readonly bias?: Cell
}

/** Turns of four terms that are summed in one chain; and of a tap, where they are more. */
const TURNS = 200
const PART = 64

/**
 * z[n,p,q,:] = sum over taps of x[n, p step + tap.., q step + tap.., :] w[tap], for each group, and in the adjoint for
 * each phase: a product whose matrix of patches is never made, since a patch's rows lie in the padded copy of x.
 */
export function correlation(core: Core, tile: Tile): (c: Correlation) => Cell {
  const programs = {
    tiles: byChains(chains => tiles(tile, chains)),
    result: finish(tile, false),
    biased: finish(tile, true),
  }
  const pack = weightPacking(core, tile)
  return c => {
    const { axes, x, batch, size, groups, channels, columns, bias } = c
    const [rows, cols] = axes
    const [n4, c4] = [Math.ceil(columns / tile.columns), foursOf(channels)]
    const places = batch * rows.places * cols.places
    const m4 = Math.ceil(places / tile.rows)
    const threads = rows.phases * cols.phases * groups * m4 * n4
    const taps = rows.taps * cols.taps
    const ofTap = turnsOf(Math.ceil(c4 / PART), turnsOf(Math.min(c4, PART)))
    core.device.grant('conv2d', turnsOf(rows.taps, turnsOf(cols.taps, ofTap)))
    const chains = taps * c4 > TURNS ? chainsOf(taps * Math.ceil(c4 / PART)) : 0
    const packed = core.each(
      () => padded(core, x, { axes, batch, size, groups, channels }),
      () => pack(c),
    )
    const parts = core.using(packed, () =>
      core.device.runFours(programs.tiles[chains], threads, [
        ...[...packed, n4, m4, groups, c4, rows.length, cols.length],
        ...[rows.places, cols.places, rows.step, cols.step, rows.tap, cols.tap, rows.taps, cols.taps],
        ...[rows.phases, cols.phases, rows.padding, cols.padding, rows.dilation, cols.dilation],
        ...[rows.lead, cols.lead],
      ]),
    )
    return core.using(parts, () =>
      core.device.run(
        bias === undefined ? programs.result : programs.biased,
        batch * rows.output * cols.output * groups * columns,
        [
          ...parts,
          ...(bias === undefined ? [] : [bias]),
          ...[n4, m4, groups, columns, rows.output, cols.output],
          ...[rows.places, cols.places, rows.phases, cols.phases],
        ],
      ),
    )
  }
}

/** Where the four at place `r` of a tile lie in the copy, its first tap. */
const base = (r: number): string => `
    const m${r} = i + ${r};
    const t${r} = div(m${r}, places1);
    const i${r} = div(t${r}, places0);
    const p${r} = ((i${r} * rows + (t${r} - i${r} * places0) * step0 + start0) * columns + (m${r} - t${r} * places1) * step1 + start1) * pixel + g * c4;`

const tiles = (tile: Tile, chains: number): Program => ({
  source: `function (x, w, n4, m4, groups, c4, rows, columns, places0, places1, step0, step1, tap0, tap1, taps0, taps1, phases0, phases1, padding0, padding1, dilation0, dilation1, lead0, lead1) {
    // y[phase, g, i, j] = sum over taps and channels c of x[place i, tap, g, c] w[phase, g, tap, c, j], for ${tile.rows} places i and ${tile.columns} columns j
    const t = div(this.thread.x, n4);
    const j = this.thread.x - t * n4;
    const u = div(t, m4);
    const i = (t - u * m4) * ${tile.rows};
    const phase = div(u, groups);
    const g = u - phase * groups;
    const phase0 = div(phase, phases1);
    const phase1 = phase - phase0 * phases1;
    const first0 = firstTap(phase0, padding0, dilation0, phases0);
    const first1 = firstTap(phase1, padding1, dilation1, phases1);
    const start0 = first0 < 0 ? lead0 : lead0 + Math.floor((phase0 + padding0 - first0 * dilation0) / phases0 + 0.5);
    const start1 = first1 < 0 ? lead1 : lead1 + Math.floor((phase1 + padding1 - first1 * dilation1) / phases1 + 0.5);
    const pixel = groups * c4;
    ${rowsOf(tile).map(base).join('').trim()}
    ${beginColumns(tile, 'u', 'taps0 * taps1 * c4', '0')}
    ${zeroSums(tile)}
    ${zeroTotals(tile, chains)}
    for (let a = 0; a < taps0; a++) {
      for (let b = 0; b < taps1; b++) {
        const o = (a * tap0 * columns + b * tap1) * pixel;
        ${sumLoop(
          tile,
          chains,
          { i: 'c', count: 'c4', part: PART },
          turn(tile, 'x', r => `p${r} + o + c`, 'w'),
        )}
      }
    }
    ${sumTotals(tile, chains)}
    ${handOut(tile)}
  }`,
  functions: [DIV, FIRST_TAP],
  results: resultsOf(tile),
  specialize: true,
})

const finish = (tile: Tile, bias: boolean): Program => ({
  source: `function (${handedOut(tile).join(', ')}, ${bias ? 'bias, ' : ''}n4, m4, groups, columns, output0, output1, places0, places1, phases0, phases1) {
    // z[n, p, q, g, o] = y[phase of p and q, g, place of p and q, o]${bias ? ' + bias[g, o]' : ''}
    const t = div(this.thread.x, columns);
    const o = this.thread.x - t * columns;
    const u = div(t, groups);
    const g = t - u * groups;
    const v = div(u, output1);
    const q = u - v * output1;
    const n = div(v, output0);
    const p = v - n * output0;
    const a = div(p, phases0);
    const b = div(q, phases1);
    const phase = (p - a * phases0) * phases1 + q - b * phases1;
    const i = (n * places0 + a) * places1 + b;
    const i4 = ${groupOf('i', tile.rows)};
    const row = i - i4 * ${tile.rows};
    const j4 = ${groupOf('o', tile.columns)};
    const l = o - j4 * ${tile.columns};
    const at = ((phase * groups + g) * m4 + i4) * n4 + j4;
    ${pick(tile)}
    return z${bias ? ' + bias[g * columns + o]' : ''};
  }`,
  functions: [DIV],
  specialize: true,
})
