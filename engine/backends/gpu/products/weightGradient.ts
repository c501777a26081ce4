import type { Convolution } from '../../backend.ts'
import type { GpuBuffer } from '../buffer.ts'
import type { Context } from '../context.ts'
import type { Tile } from '../drivers/driver.ts'
import { type Program, turnsOf } from '../program.ts'
import { DIV, lesser } from '../snippets.ts'
import { addParts } from './addParts.ts'
import { forwardAxis } from './axis.ts'
import { foursOf } from './pack.ts'
import { padded } from './packConvolution.ts'
import type { Turns } from './tile.ts'
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
    const makers = [
      () => padded(context, tile, x, { axes, batch, size: g.input, groups, channels }),
      () => padded(context, tile, dz, { axes: whole, batch, size: g.output, groups, channels: columns }),
    ]
    const [program, size] = [programs.tiles[levels], taps * channels * g.outChannels]
    return context.made([x, dz], makers, copies => {
      const args = [...copies, n4, m4, c4, o4, groups, lines, length, ...geometry]
      if (tile.memory === 'flat') {
        const stored = [...args, channels, columns]
        return addParts(context, context.device.runStoring(program, parts * one, parts * size, stored), parts)
      }
      const sums = context.device.runFours(program, parts * one, args)
      return context.using(sums, () =>
        context.device.run(programs.result, size, [...sums, n4, m4, groups, taps, channels, columns, parts]),
      )
    })
  }
}

/** An axis without padding. */
const asItIs = (length: number) => ({ before: 0, length })

/** s += x dz of the positions of a line: the tile's channels by its columns, from the fours at p and q on. */
function sumLine(tile: Tile, levels: number): string {
  if (tile.memory === 'texels') {
    const turn = [
      ...loadChannels(tile),
      'const d = dz[q + j];',
      sums(tile, (r, j) => `${channel(tile, r)} * d[${j}]`),
      'p += stride1 * pixel;',
      'q += groups * o4;',
    ].join('\n        ')
    return text.sumLoop(tile, levels, { count: 'width', chain: CHAIN }, { turn })
  }
  // Four positions a turn, and what is left.
  const each = (load: (l: number) => string): string => FOUR.map(load).join(' ')
  const turns: Turns = {
    turn: `${each(l => `const e${l} = xFours(0, k * 4 + ${l}); const d${l} = dzFours(0, k * 4 + ${l});`)}
        ${sums(tile, (r, j) => FOUR.map(l => `e${l}[${r}] * d${l}[${j}]`).join(' + '))}`,
    end: n => `xMove(${n} * 4 * stride1 * pixel); dzMove(${n} * 4 * groups * o4);`,
  }
  return `xSeek(0, p + i, stride1 * pixel);
      ${text.sumLoop(tile, levels, { count: 'fours', chain: CHAIN / 4 }, turns)}
      for (let l = 0; l < left; l++) {
        const e = xFours(0, l); const d = dzFours(0, l);
        ${sums(tile, (r, j) => `e[${r}] * d[${j}]`)}
      }
      dzMove(left * groups * o4);`
}

const FOUR = [0, 1, 2, 3] as const

const sums = (tile: Tile, term: (r: number, j: number) => string): string =>
  text
    .rowsOf(tile)
    .map(r =>
      text
        .columnsOf(tile)
        .map(j => `s${r}${j} += ${term(r, j)};`)
        .join(' '),
    )
    .join('\n        ')

/** A channel of the tile. */
const channel = ({ rows }: Tile, r: number): string => (rows === 4 ? `e[${r}]` : `e${r}`)

const loadChannels = ({ rows }: Tile): string[] =>
  rows === 4
    ? ['const e = x[p + i];']
    : [
        'const c = div(i, 4); const l = i - c * 4;',
        'const e = x[p + c];',
        'let e0 = e[0]; if (l === 1) { e0 = e[1]; } if (l === 2) { e0 = e[2]; } if (l === 3) { e0 = e[3]; }',
      ]

/** Before the first line: those of dz follow one another. */
const SEEK = `const fours = Math.floor(width * 0.25);
    const left = width - fours * 4;
    dzSeek(0, (first * width * groups + g) * o4 + j, groups * o4);`

const tiles = (tile: Tile, levels: number): Program => ({
  source: `function (x, dz, n4, m4, c4, o4, groups, lines, length, kernel0, kernel1, height, width, stride0, stride1, dilation0, dilation1, rows, columns${tile.memory === 'flat' ? ', channels, wide' : ''}) {
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
    ${tile.memory === 'flat' ? SEEK : ''}
    for (let line = 0; line < count; line++) {
      const n = div(first + line, height);
      const h = (first + line - n * height) * stride0 + a * dilation0;
      let p = ((n * rows + h) * columns + b * dilation1) * pixel + g * c4;
      let q = ((first + line) * width * groups + g) * o4;
      ${sumLine(tile, levels)}
    }
    ${text.sumTotals(tile, levels)}
    ${
      tile.memory === 'texels'
        ? text.handOut(tile)
        : text.store(tile, {
            // v counts taps, part after part.
            on: r => `i * 4 + ${r} < channels`,
            at: r => `((v * channels + i * 4 + ${r}) * groups + g) * wide`,
            left: 'j * 4',
            columns: 'wide',
          })
    }
  }`,
  functions: [DIV],
  results: text.resultsOf(tile),
  stores: tile.memory === 'flat',
  specialize: true,
})

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
