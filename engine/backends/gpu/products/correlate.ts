import type { GpuBuffer } from '../buffer.ts'
import type { Context } from '../context.ts'
import type { Tile } from '../drivers/driver.ts'
import { type Program, turnsOf } from '../program.ts'
import { DIV } from '../snippets.ts'
import { axisNames, axisNumbers, FIRST_TAP } from './axis.ts'
import { foursOf } from './pack.ts'
import { type Geometry, padded, weightPacking } from './packConvolution.ts'
import * as text from './tile.ts'

export interface Correlation extends Geometry {
  /** x[batch, height, width, groups * channels] */
  readonly x: GpuBuffer
  readonly w: GpuBuffer
  readonly bias?: GpuBuffer | undefined
}

/** Turns of four terms that are summed in one chain; and of a tap, where they are more. */
const LONG = 200
const CHAIN = 64

/** What the kernels are told of both axes. */
const READ = [
  ...(['length', 'positions', 'step', 'tap', 'taps', 'phases', 'padding', 'dilation', 'lead'] as const),
  ...(['kernel', 'every'] as const),
]
const WRITTEN = ['output', 'positions', 'phases'] as const
const STORED = ['output'] as const

/**
 * z[n,p,q,:] = sum over taps of x[n, p step + tap.., q step + tap.., :] w[tap], for each group, and in the adjoint for
 * each phase: a product whose matrix of patches is never made, since a patch's rows lie in the padded copy of x.
 */
export function correlation(context: Context, tile: Tile): (c: Correlation) => GpuBuffer {
  const programs = [false, true].map(bias => ({
    tiles: text.byLevels(levels => tiles(tile, levels, bias)),
    result: finish(tile, bias),
  }))
  const pack = weightPacking(context, tile)
  return c => {
    const { axes, x, batch, groups, channels, columns, bias } = c
    const [rows, cols] = axes
    const [n4, c4] = [Math.ceil(columns / tile.columns), foursOf(channels)]
    const positions = batch * rows.positions * cols.positions
    const m4 = Math.ceil(positions / tile.rows)
    const threads = rows.phases * cols.phases * groups * m4 * n4
    const taps = rows.taps * cols.taps
    const ofTap = turnsOf(Math.ceil(c4 / CHAIN), turnsOf(Math.min(c4, CHAIN)))
    context.device.checkTurns('conv2d', turnsOf(rows.taps, turnsOf(cols.taps, ofTap)))
    const levels = taps * c4 > LONG ? text.levelsOf(taps * Math.ceil(c4 / CHAIN)) : 0
    const sizes = [n4, m4, groups]
    const biases = bias === undefined ? [] : [bias]
    const { tiles, result } = programs[biases.length]
    const size = batch * rows.output * cols.output * groups * columns
    const makers = [() => padded(context, tile, x, c), () => pack(c.w, c)]
    return context.made([x, c.w], makers, packed => {
      const read = [...sizes, c4, ...axisNumbers(axes, READ)]
      if (tile.memory === 'flat') {
        const stored = [batch, columns, ...axisNumbers(axes, STORED)]
        return context.device.runStoring(tiles[levels], threads, size, [
          ...packed,
          ...biases,
          ...read,
          ...stored,
        ])
      }
      const results = context.device.runFours(tiles[levels], threads, [...packed, ...read])
      const written = [...sizes, columns, ...axisNumbers(axes, WRITTEN)]
      return context.using(results, () =>
        context.device.run(result, size, [...results, ...biases, ...written]),
      )
    })
  }
}

const parametersOf = ({ memory }: Tile, bias: boolean): string =>
  memory === 'texels'
    ? `n4, m4, groups, c4, ${axisNames(READ)}`
    : `${bias ? 'bias, ' : ''}n4, m4, groups, c4, ${axisNames(READ)}, batch, columns, ${axisNames(STORED)}`

/** Where the four at position `r` of a tile lie in the copy, its first tap. */
const base = (r: number): string => `
    const m${r} = i + ${r};
    const t${r} = div(m${r}, positions1);
    const image${r} = div(t${r}, positions0);
    const p${r} = ((image${r} * length0 + (t${r} - image${r} * positions0) * step0 + start0) * length1 + (m${r} - t${r} * positions1) * step1 + start1) * pixel + g * c4;`

/** Of a phase, along an axis. */
const tapsOf = (axis: 0 | 1): string =>
  `first${axis} < 0 ? 0 : div(kernel${axis} - 1 - first${axis}, every${axis}) + 1`

/**
 * The sum over the taps of a phase, of all channels. Texels of taps that a phase lacks hold zeros: GLSL ES 1.00 wants bounds
 * that gpu.js sees are none.
 */
function sumTaps(tile: Tile, levels: number): string {
  const flat = tile.memory === 'flat'
  const operands: text.Operands = { a: 'x', b: 'w', at: r => (flat ? `p${r}` : `p${r} + o`) }
  const loop = text.sumLoop(tile, levels, { count: 'c4', chain: CHAIN }, text.productTurns(tile, operands))
  return flat
    ? `const count0 = ${tapsOf(0)};
    const count1 = ${tapsOf(1)};
    let q = q0;
    ${text.seek(tile, operands)}
    for (let a = 0; a < count0; a++) {
      for (let b = 0; b < count1; b++) {
        ${loop}
        xMove(tap1 * pixel - c4);
      }
      xMove((tap0 * length1 - count1 * tap1) * pixel);
      wMove((taps1 - count1) * c4 * 4 * n4);
    }`
    : `for (let a = 0; a < taps0; a++) {
      for (let b = 0; b < taps1; b++) {
        const o = (a * tap0 * length1 + b * tap1) * pixel;
        let q = q0 + (a * taps1 + b) * c4 * 4 * n4;
        ${loop}
      }
    }`
}

/** Where the results of row r go: z[n, p, q, g, ..], of position r of the tile. */
const written = (tile: Tile): Parameters<typeof text.store>[1] => ({
  on: r =>
    `image${r} < batch && (t${r} - image${r} * positions0) * phases0 + phase0 < output0 && (m${r} - t${r} * positions1) * phases1 + phase1 < output1`,
  at: r =>
    `(((image${r} * output0 + (t${r} - image${r} * positions0) * phases0 + phase0) * output1 + (m${r} - t${r} * positions1) * phases1 + phase1) * groups + g) * columns`,
  left: `j * ${tile.columns}`,
  columns: 'columns',
})

const tiles = (tile: Tile, levels: number, bias: boolean): Program => ({
  source: `function (x, w, ${parametersOf(tile, bias)}) {
    // y[phase, g, i, j] = sum over taps and channels c of x[position i, tap, g, c] w[phase, g, tap, c, j], for ${tile.rows} positions i and ${tile.columns} columns j
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
    ${text.rowsOf(tile).map(base).join('').trim()}
    const q0 = u * taps0 * taps1 * c4 * 4 * n4 + j;
    ${text.zeroSums(tile)}
    ${text.zeroTotals(tile, levels)}
    ${sumTaps(tile, levels)}
    ${text.sumTotals(tile, levels)}
    ${
      tile.memory === 'texels'
        ? text.handOut(tile)
        : text.store(tile, written(tile), (sum, o) => (bias ? `${sum} + bias[g * columns + ${o}]` : sum))
    }
  }`,
  functions: [DIV, FIRST_TAP],
  results: text.resultsOf(tile),
  stores: tile.memory === 'flat',
  specialize: true,
})

const finish = (tile: Tile, bias: boolean): Program => ({
  source: `function (${text.handedOut(tile).join(', ')}, ${bias ? 'bias, ' : ''}n4, m4, groups, columns, ${axisNames(WRITTEN)}) {
    // z[n, p, q, g, o] = y[phase of p and q, g, position of p and q, o]${bias ? ' + bias[g, o]' : ''}
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
    const i = (n * positions0 + a) * positions1 + b;
    const i4 = ${text.groupOf('i', tile.rows)};
    const row = i - i4 * ${tile.rows};
    const j4 = ${text.groupOf('o', tile.columns)};
    const l = o - j4 * ${tile.columns};
    const at = ((phase * groups + g) * m4 + i4) * n4 + j4;
    ${text.pick(tile)}
    return z${bias ? ' + bias[g * columns + o]' : ''};
  }`,
  functions: [DIV],
  specialize: true,
})
