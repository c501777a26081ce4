import type { Cell } from '../../cell.ts'
import type { Core } from '../../core.ts'
import type { Tile } from '../../drivers/driver.ts'
import { padded } from '../band.ts'
import type { Correlation } from '../correlate.ts'
import { foursOf } from '../pack.ts'
import { productTiles } from '../tiledProduct.ts'
import { minimal } from './minimal.ts'
import { result } from './result.ts'
import { band, PLACES, sizeOf, TAPS, tilesOf } from './tiling.ts'
import { transform } from './transform.ts'

/**
 * z = A ((G w G') * (B x B')) A' for each tile x, the transforms of `minimal` along both axes: what is multiplied is, for
 * each place of the transforms, a product [tiles, channels] by [channels, columns].
 */
export function winograd(core: Core, tile: Tile): (c: Correlation) => Cell {
  const byTaps = Array.from({ length: TAPS }, (_, i) => transforms(core, i + 1))
  const multiply = productTiles(core, tile)
  const programs = { result: result(tile, false), biased: result(tile, true) }
  return ({ axes, x, w, batch, size, channels, columns, channelStep, columnStep, bias }) => {
    const [rows, cols] = axes
    const [T0, T1] = axes.map(({ taps }) => byTaps[taps - 1])
    const [size0, size1] = axes.map(sizeOf)
    const [lanes0, lanes1] = [size0, size1].map(n => foursOf(n) * 4)
    const [tiles0, tiles1] = axes.map(tilesOf)
    const m = batch * tiles0 * tiles1
    /** What takes part is not needed afterwards. */
    const then = (cell: Cell, next: (cell: Cell) => Cell): Cell => core.using([cell], () => next(cell))

    // [batch, rows, columns, channels] -> [batch, tiles0, columns, channels, lanes0] -> [.., tiles1, channels, lanes0, lanes1]
    const [band0, band1] = axes.map(band)
    const wide = foursOf(channels) * 4
    const copy = padded(core, x, { axes: [band0, band1], batch, size, groups: 1, channels })
    const lines = then(copy, x =>
      T0.x(x, { outer: batch, length: band0.length, inner: band1.length * wide }, tiles0),
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
    const batches = [size0, size1]
    const [products] = core.using([inputs, weights], () =>
      multiply(
        {
          ...{ batches: size0 * size1, m, n: columns, k: channels },
          a: {
            cell: inputs,
            sizes: [...batches, m, channels],
            strides: [lanes1, 1, wide * lanes, lanes],
          },
          b: {
            cell: weights,
            sizes: [...batches, channels, columns],
            strides: [lanes1, 1, channelStep * lanes, columnStep * lanes],
          },
        },
        1,
      ),
    )

    // [size0, size1, i, j, 2, 2] -> [size1, i, j, 2, 2, 4] -> [i, j, 2, 2, 4, 4]
    const n4 = Math.ceil(columns / tile.columns)
    const inner = Math.ceil(m / tile.rows) * n4 * tile.rows * tile.columns
    const places = then(
      then(products, y => T0.y(y, { outer: 1, length: size0, inner: size1 * inner })),
      y => T1.y(y, { outer: 1, length: size1, inner: inner * 4 }),
    )
    const biased = bias === undefined ? [] : [bias]
    return then(places, y =>
      core.device.run(
        bias === undefined ? programs.result : programs.biased,
        batch * rows.output * cols.output * columns,
        [y, ...biased, n4, tiles0, tiles1, rows.output, cols.output, columns],
      ),
    )
  }
}

/** Of x, of the weights and of the products; `wBack` for taps that go backwards. */
function transforms(core: Core, taps: number) {
  const { A, B, G } = minimal(PLACES, taps)
  return {
    x: transform(core, B, PLACES),
    w: transform(core, G),
    wBack: transform(
      core,
      G.map(row => [...row].reverse()),
    ),
    y: transform(core, A),
  }
}
