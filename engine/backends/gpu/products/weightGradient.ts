import type { Convolution } from '../../backend.ts'
import type { GpuBuffer } from '../buffer.ts'
import type { Context } from '../context.ts'
import type { Tile } from '../drivers/driver.ts'
import { type Program, turnsOf } from '../program.ts'
import { DIV, lesser } from '../snippets.ts'
import { forwardAxis } from './axis.ts'
import { foursOf } from './pack.ts'
import { padded } from './packConvolution.ts'
import * as text from './tile.ts'

/** Positions that are summed in one chain; those of a line, where they are more; and results of all threads, at most, in fours. */
const LONG = 256
const CHAIN = 128
const MAX_RESULTS = 2 ** 21

/**
 * dw[tap, c, o] = sum over positions of x[position, tap, c] dz[position, o]: a thread takes some rows of positions, and
 * some channels of x by some of dz, as they lie in NHWC; a second kernel adds the parts.
 */
export function weightGradient(
  context: Context,
  tile: Tile,
): (x: GpuBuffer, dz: GpuBuffer, g: Convolution) => GpuBuffer {
  const programs = { tiles: text.byLevels(levels => tiles(tile, levels)), result: result(tile) }
  return (x, dz, g) => {
    const [channels, columns] = [g.inChannels / g.groups, g.outChannels / g.groups]
    const { batch, groups } = g
    const [taps, lines] = [g.kernel[0] * g.kernel[1], g.batch * g.output[0]]
    const axes = [forwardAxis(g, 0), forwardAxis(g, 1)] as const
    const [c4, o4] = [foursOf(channels), foursOf(columns)]
    const [m4, n4] = [Math.ceil(channels / tile.rows), Math.ceil(columns / tile.columns)]
    const one = taps * g.groups * m4 * n4
    const most = Math.max(1, Math.floor(MAX_RESULTS / one))
    const parts = Math.min(Math.ceil(lines / Math.max(1, Math.floor(LONG / g.output[1]))), most)
    const length = Math.ceil(lines / parts)
    const [height, width] = g.output
    const geometry = [g.kernel, g.output, g.stride, g.dilation, axes[0].length, axes[1].length].flat()
    const ofLine = turnsOf(Math.ceil(g.output[1] / CHAIN), turnsOf(Math.min(g.output[1], CHAIN)))
    context.device.checkTurns('conv2dWeightGrad', turnsOf(length, ofLine))
    const levels = length * g.output[1] > LONG ? text.levelsOf(length * Math.ceil(g.output[1] / CHAIN)) : 0
    const whole = [asItIs(height), asItIs(width)] as const
    const copies = context.each(
      () => padded(context, x, { axes, batch, size: g.input, groups, channels }),
      () => padded(context, dz, { axes: whole, batch, size: g.output, groups, channels: columns }),
    )
    const sums = context.using(copies, () =>
      context.device.runFours(programs.tiles[levels], parts * one, [
        ...copies,
        n4,
        m4,
        c4,
        o4,
        groups,
        lines,
        length,
        ...geometry,
      ]),
    )
    return context.using(sums, () =>
      context.device.run(programs.result, taps * channels * g.outChannels, [
        ...sums,
        n4,
        m4,
        groups,
        taps,
        channels,
        columns,
        parts,
      ]),
    )
  }
}

/** An axis without padding. */
const asItIs = (length: number) => ({ before: 0, length })

/** What a position adds, and the way to the next. */
const addPosition = (tile: Tile): string => `${outer(tile)}
        p += stride1 * pixel;
        q += groups * o4;`

const tiles = (tile: Tile, levels: number): Program => ({
  source: `function (x, dz, n4, m4, c4, o4, groups, lines, length, kernel0, kernel1, height, width, stride0, stride1, dilation0, dilation1, rows, columns) {
    // y[part, tap, g, i, j] = sum over positions of the part of x[position, tap, g, i] dz[position, g, j], for ${tile.rows} channels i and
    // ${tile.columns} columns j
    const t = div(this.thread.x, n4);
    const j = this.thread.x - t * n4;
    const u = div(t, m4);
    const i = t - u * m4;
    const v = div(u, groups);
    const g = u - v * groups;
    const r = div(v, kernel1);
    const b = v - r * kernel1;
    const part = div(r, kernel0);
    const a = r - part * kernel0;
    const pixel = groups * c4;
    const first = part * length;
    const count = ${lesser('length', 'lines - first')};
    ${text.zeroSums(tile)}
    ${text.zeroTotals(tile, levels)}
    for (let line = 0; line < count; line++) {
      const n = div(first + line, height);
      const h = (first + line - n * height) * stride0 + a * dilation0;
      let p = ((n * rows + h) * columns + b * dilation1) * pixel + g * c4;
      let q = ((first + line) * width * groups + g) * o4;
      ${text.sumLoop(tile, levels, { i: 'k', count: 'width', chain: CHAIN }, addPosition(tile))}
    }
    ${text.sumTotals(tile, levels)}
    ${text.handOut(tile)}
  }`,
  functions: [DIV],
  results: text.resultsOf(tile),
  specialize: true,
})

/** s += x dz of a position: the tile's channels by its columns, from the fours at p and q on. */
function outer(tile: Tile): string {
  const [rows, columns] = [text.rowsOf(tile), text.columnsOf(tile)]
  const add = rows.map(r =>
    columns
      .map(j => `s${r}${j} += ${x(tile, r)} * ${tile.loads === 'fours' ? `d[${j}]` : `d${j}`};`)
      .join(' '),
  )
  return [...loads(tile), ...add].join('\n        ')
}

/** A channel of the tile. */
const x = ({ loads, rows }: Tile, r: number): string =>
  loads === 'fours' && rows === 4 ? `e[${r}]` : `e${r}`

function loads({ loads, rows, columns }: Tile): string[] {
  if (loads === 'singles') {
    const pair = (name: string, array: string, at: string): string =>
      `const ${name}0 = ${array}[${at}]; const ${name}1 = ${array}[${at} + 1];`
    return [pair('e', 'x', `p * 4 + i * ${rows}`), pair('d', 'dz', `q * 4 + j * ${columns}`)]
  }
  if (rows === 4) return ['const e = x[p + i];', 'const d = dz[q + j];']
  return [
    'const c = div(i, 4); const l = i - c * 4;',
    'const e = x[p + c];',
    'let e0 = e[0]; if (l === 1) { e0 = e[1]; } if (l === 2) { e0 = e[2]; } if (l === 3) { e0 = e[3]; }',
    'const d = dz[q + j];',
  ]
}

const result = (tile: Tile): Program => ({
  source: `function (${text.handedOut(tile).join(', ')}, n4, m4, groups, taps, channels, columns, parts) {
    // z[tap, c, g, o] = sum over parts of y[part, tap, g, c, o]
    const t = div(this.thread.x, columns);
    const o = this.thread.x - t * columns;
    const u = div(t, groups);
    const g = t - u * groups;
    const tap = div(u, channels);
    const c = u - tap * channels;
    const i = ${text.groupOf('c', tile.rows)};
    const row = c - i * ${tile.rows};
    const j = ${text.groupOf('o', tile.columns)};
    const l = o - j * ${tile.columns};
    ${text.sumParts(`const at = (((part * taps + tap) * groups + g) * m4 + i) * n4 + j;
        ${text.pick(tile)}`)}
    return sum;
  }`,
  functions: [DIV],
  specialize: true,
})
