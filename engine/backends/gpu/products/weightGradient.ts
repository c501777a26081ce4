import type { Convolution } from '../../backend.ts'
import type { Cell } from '../cell.ts'
import type { Core } from '../core.ts'
import { DIV, type Program } from '../program.ts'
import { forwardAxis } from './axis.ts'
import { padded } from './band.ts'
import { foursOf } from './pack.ts'
import { type Fours, handOut, lane, load, pick, resultsOf, rowNames, zeroSums } from './tile.ts'

/** Places that a thread sums over, about; and results of all threads, at most, in fours. */
const PLACES = 512
const RESULTS = 2 ** 21

/**
 * dw[tap, c, o] = sum over places of x[place, tap, c] dz[place, o]: a thread takes some rows of places, and four channels
 * of x by four of dz, as they lie in NHWC; a second kernel adds the parts.
 */
export function weightGradient(core: Core, tile: Fours): (x: Cell, dz: Cell, g: Convolution) => Cell {
  const programs = { tiles: tiles(tile), result: result(tile) }
  return (x, dz, g) => {
    const [channels, columns] = [g.inChannels / g.groups, g.outChannels / g.groups]
    const [taps, lines] = [g.kernel[0] * g.kernel[1], g.batch * g.output[0]]
    const axes = [forwardAxis(g, 0), forwardAxis(g, 1)] as const
    const [c4, n4, m4] = [foursOf(channels), foursOf(columns), Math.ceil(channels / tile.rows)]
    const one = taps * g.groups * m4 * n4
    const most = Math.max(1, Math.floor(RESULTS / one))
    const parts = Math.min(Math.ceil(lines / Math.max(1, Math.floor(PLACES / g.output[1]))), most)
    const length = Math.ceil(lines / parts)
    const [height, width] = g.output
    const whole = [asItIs(height), asItIs(width)] as const
    const { batch, groups } = g
    const copies = [
      padded(core, x, { axes, batch, size: g.input, groups, channels }),
      padded(core, dz, { axes: whole, batch, size: g.output, groups, channels: columns }),
    ]
    const sums = core.using(copies, () =>
      core.device.runFours(programs.tiles, parts * one, [
        ...copies,
        ...[n4, m4, c4, g.groups, ...g.kernel, lines, length, height, width],
        ...[...g.stride, ...g.dilation, axes[0].length, axes[1].length],
      ]),
    )
    return core.using(sums, () =>
      core.device.run(programs.result, taps * channels * g.outChannels, [
        ...sums,
        ...[n4, m4, g.groups, taps, channels, columns, parts],
      ]),
    )
  }
}

/** An axis without padding. */
const asItIs = (length: number) => ({ before: 0, length })

const tiles = (tile: Fours): Program => ({
  source: `function (x, dz, n4, m4, c4, groups, kernel0, kernel1, lines, length, height, width, stride0, stride1, dilation0, dilation1, rows, columns) {
    // y[part, tap, g, i, j, 0..3] = sum over places of the part of x[place, tap, g, i] dz[place, g, 4 j + 0..3]${tile.rows === 4 ? ', for channels 4 i to 4 i + 3' : ''}
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
    const count = Math.min(length, lines - first);
    ${tile.rows === 4 ? 'const c = i;' : 'const c = div(i, 4);\n    const l = i - c * 4;'}
    ${zeroSums(tile)}
    for (let line = 0; line < count; line++) {
      const n = div(first + line, height);
      const h = (first + line - n * height) * stride0 + a * dilation0;
      let p = ((n * rows + h) * columns + b * dilation1) * pixel + g * c4 + c;
      let q = ((first + line) * width * groups + g) * n4 + j;
      for (let k = 0; k < width; k++) {
        ${load(tile, 'd', 'dz', 'q')}
        ${outer(tile)}
        p += stride1 * pixel;
        q += groups * n4;
      }
    }
    ${handOut(tile)}
  }`,
  functions: [DIV],
  results: resultsOf(tile),
  specialize: true,
})

/** s += x dz of a place: four channels by four, or the channel l by four. */
function outer(tile: Fours): string {
  const columns = [0, 1, 2, 3]
  const add = (r: number, x: string): string =>
    columns.map(j => `s${r}${j} += ${x} * ${lane(tile, 'd', j)};`).join(' ')
  if (tile.loads === 'singles') return `const e = x[p * 4 + l];\n        ${add(0, 'e')}`
  if (tile.rows === 4)
    return `const e = x[p];\n        ${columns.map(r => add(r, `e[${r}]`)).join('\n        ')}`
  return `const e = x[p];
        let f = e[0]; if (l === 1) { f = e[1]; } if (l === 2) { f = e[2]; } if (l === 3) { f = e[3]; }
        ${add(0, 'f')}`
}

const result = (tile: Fours): Program => ({
  source: `function (${rowNames(tile).join(', ')}, n4, m4, groups, taps, channels, columns, parts) {
    // z[tap, c, g, o] = sum over parts of y[part, tap, g, c, o]
    const t = div(this.thread.x, columns);
    const o = this.thread.x - t * columns;
    const u = div(t, groups);
    const g = t - u * groups;
    const tap = div(u, channels);
    const c = u - tap * channels;
    const i = div(c, ${tile.rows});
    const row = c - i * ${tile.rows};
    const j = div(o, 4);
    const l = o - j * 4;
    let sum = 0;
    for (let part = 0; part < parts; part++) {
      const at = (((part * taps + tap) * groups + g) * m4 + i) * n4 + j;
      ${pick(tile)}
      sum += z;
    }
    return sum;
  }`,
  functions: [DIV],
})
