import { type Matrix, minimal } from '../../minimalFiltering.ts'
import type { GpuBuffer } from '../buffer.ts'
import type { Context } from '../context.ts'
import type { Tile } from '../drivers/driver.ts'
import type { Program } from '../program.ts'
import { DIV } from '../snippets.ts'
import type { Correlation } from './correlate.ts'
import { foursOf } from './pack.ts'
import { padded } from './packConvolution.ts'
import { groupOf } from './tile.ts'
import { tiledProduct } from './tiledProduct.ts'
import { POSITIONS, paddedAxis, TAPS, tileSize, tilesOf } from './winogradPays.ts'

/** What an array is to a transform: x[outer, length, inner]. */
export interface View {
  readonly outer: number
  readonly length: number
  readonly inner: number
}

/** z[outer, tiles, inner, fours of T's rows]: T of each tile of x along an axis, tiles `step` apart. */
export function transform(
  context: Context,
  T: Matrix,
  step = 1,
): (x: GpuBuffer, view: View, tiles?: number) => GpuBuffer {
  const program = programOf(T, step)
  return (x, { outer, length, inner }, tiles = 1) =>
    context.device.runFours(program, outer * tiles * inner * foursOf(T.length), [x, length, inner, tiles])[0]
}

function programOf(T: Matrix, step: number): Program {
  const groups = foursOf(T.length)
  const each = Array.from({ length: groups }, (_, g) => `if (g === ${g}) { ${combinations(T, 4 * g)} }`)
  return {
    source: `function (x, length, inner, tiles) {
    // z[o, t, i, f] = sum over k of T[f, k] x[o, ${step} t + k, i], for four f;
    // T = ${JSON.stringify(T)}
    const s = div(this.thread.x, ${groups});
    const g = this.thread.x - s * ${groups};
    const r = div(s, inner);
    const o = div(r, tiles);
    const p = (o * length + (r - o * tiles) * ${step}) * inner + s - r * inner;
    ${T[0].map((_, k) => `const x${k} = x[p + ${k} * inner];`).join(' ')}
    let z0 = 0; let z1 = 0; let z2 = 0; let z3 = 0;
    ${each.join('\n    ')}
    return [z0, z1, z2, z3];
  }`,
    functions: [DIV],
  }
}

const combinations = (T: Matrix, first: number): string =>
  T.slice(first, first + 4)
    .map((row, l) => `z${l} = ${row.flatMap((v, k) => (v === 0 ? [] : `(${v}) * x${k}`)).join(' + ')};`)
    .join(' ')

/** Puts the positions of tiles in order: 4 x 4 of them lie together, for each tile and column. */
export const result = (bias: boolean): Program => ({
  source: `function (y, ${bias ? 'bias, ' : ''}tiles0, tiles1, output0, output1, columns) {
    // z[n, p, q, o] = y[i, o; p mod 2, q mod 2]${bias ? ' + bias[o]' : ''}, tile i = (n, floor(p / 2), floor(q / 2))
    const t = div(this.thread.x, columns);
    const o = this.thread.x - t * columns;
    const u = div(t, output1);
    const q = t - u * output1;
    const n = div(u, output0);
    const p = u - n * output0;
    const a = ${groupOf('p', 2)};
    const b = ${groupOf('q', 2)};
    const at = ((n * tiles0 + a) * tiles1 + b) * columns + o;
    return y[(at * 4 + p - a * 2) * 4 + q - b * 2]${bias ? ' + bias[o]' : ''};
  }`,
  functions: [DIV],
})

/**
 * z = A ((G w G') * (B x B')) A' for each tile x, the transforms of `minimal` along both axes: what is multiplied is, for
 * each position of the transforms, a product [tiles, channels] by [channels, columns].
 */
export function winograd(context: Context, tile: Tile): (c: Correlation) => GpuBuffer {
  const byTaps = Array.from({ length: TAPS }, (_, i) => transforms(context, i + 1))
  const multiply = tiledProduct(context, tile)
  const programs = { result: result(false), biased: result(true) }
  return ({ axes, x, w, batch, size, channels, columns, channelStep, columnStep, bias }) => {
    const [rows, cols] = axes
    const [T0, T1] = axes.map(({ taps }) => byTaps[taps - 1])
    const [size0, size1] = axes.map(tileSize)
    const [lanes0, lanes1] = [size0, size1].map(n => foursOf(n) * 4)
    const [tiles0, tiles1] = axes.map(tilesOf)
    const m = batch * tiles0 * tiles1
    /** What takes part is not needed afterwards. */
    const then = (buffer: GpuBuffer, next: (buffer: GpuBuffer) => GpuBuffer): GpuBuffer =>
      context.using([buffer], () => next(buffer))

    // [batch, rows, columns, channels] -> [batch, tiles0, columns, channels, lanes0] -> [.., tiles1, channels, lanes0, lanes1]
    const [band0, band1] = axes.map(paddedAxis)
    const wide = foursOf(channels) * 4
    const images = { axes: [band0, band1], batch, size, groups: 1, channels } as const
    const lines = context.made([x], [() => padded(context, tile, x, images)], ([copy]) =>
      T0.x(copy, { outer: batch, length: band0.length, inner: band1.length * wide }, tiles0),
    )
    const inputs = then(lines, x =>
      T1.x(x, { outer: batch * tiles0, length: band1.length, inner: wide * lanes0 }, tiles1),
    )

    // [taps0, taps1, C, O] -> [taps1, C, O, lanes0] -> [C, O, lanes0, lanes1]
    const [back0, back1] = axes.map(({ tap }) => tap < 0)
    const pairs = channels * columns
    const weights = then(
      (back0 ? T0.wBack : T0.w)(w, { outer: 1, length: rows.taps, inner: cols.taps * pairs }),
      w => (back1 ? T1.wBack : T1.w)(w, { outer: 1, length: cols.taps, inner: pairs * lanes0 }),
    )

    const lanes = lanes0 * lanes1
    const a = {
      buffer: inputs,
      sizes: [size0, size1, m, channels],
      strides: [lanes1, 1, wide * lanes, lanes],
    }
    const b = {
      buffer: weights,
      sizes: [size0, size1, channels, columns],
      strides: [lanes1, 1, channelStep * lanes, columnStep * lanes],
    }
    const products = context.using([inputs, weights], () =>
      multiply({ batches: size0 * size1, m, n: columns, k: channels, a, b }),
    )

    // [size0, size1, m, columns] -> [size1, m, columns, 4] -> [m, columns, 4, 4]
    const inner = m * columns
    const positions = then(
      then(products, y => T0.y(y, { outer: 1, length: size0, inner: size1 * inner })),
      y => T1.y(y, { outer: 1, length: size1, inner: inner * 4 }),
    )
    const biased = bias === undefined ? [] : [bias]
    return then(positions, y =>
      context.device.run(
        bias === undefined ? programs.result : programs.biased,
        batch * rows.output * cols.output * columns,
        [y, ...biased, tiles0, tiles1, rows.output, cols.output, columns],
      ),
    )
  }
}

/** Of x, of the weights and of the products; `wBack` for taps that go backwards. */
function transforms(context: Context, taps: number) {
  const { A, B, G } = minimal(POSITIONS, taps)
  const reversed = G.map(row => [...row].reverse())
  return {
    x: transform(context, B, POSITIONS),
    w: transform(context, G),
    wBack: transform(context, reversed),
    y: transform(context, A),
  }
}
