import type { Convolution } from '../backend.ts'
import type { Tiling } from './winograd.ts'
import { isStrided, MATRICES, stridedRows } from './winogradStrided.ts'
import { pointsOf, tilesAlong } from './winogradTables.ts'

/*
 * Time by definition over time by tiles, forward, and for the gradient in the weights (that in the images is a forward
 * one); one thread of a Xeon, in processor time. The first six: `npm run bench cpu -- --only 3x3 --peers exact`.
 *
 * | batch x map x channels  | tiles   | forward | weights |
 * |-------------------------|---------|---------|---------|
 * | 8 x 56 x 56 x 64        | F(4, 3) | 2.8     | 3.0     |
 * | 32 x 28 x 28 x 128      | F(4, 3) | 3.1     | 3.0     |
 * | 32 x 14 x 14 x 256      | F(4, 3) | 3.1     | 2.5     |
 * | 32 x 7 x 7 x 512        | F(4, 3) | 3.0     | 2.5     |
 * | 128 x 14 x 14 x 64      | F(4, 3) | 2.5     | 2.3     |
 * | 8 x 112 x 112 x 32      | F(4, 3) | 2.4     | 2.8     |
 * | 128 x 28 x 28 x 16      | F(4, 3) | 1.6     | 2.0     |
 * | 32 x 28 x 28 x 8 -> 64  | F(4, 3) | 1.5     | 2.1     |
 * | 4 x 28 x 28 x 32        | F(4, 3) | 2.4     | 2.6     |
 * | 1 x 14 x 14 x 256       | F(4, 3) | 2.1     | 1.5     |
 * | 32 x 2 x 2 x 512        | F(2, 3) | 1.6     | 1.4     |
 * | 128 x 28 x 28 x 32, 5x5 | F(2, 5) | 1.8     | 2.1     |
 * | 32 x 28 x 28 x 64, 5x5  | F(2, 5) | 2.2     |         |
 *
 * Of stride 2, a map 56 x 56 being the input's; there only forward, by F(5, 2) and a tap:
 *
 * | 8 x 56 x 56 x 64 -> 128   | 1.4 |
 * | 8 x 28 x 28 x 128 -> 256  | 1.4 |
 * | 32 x 14 x 14 x 256 -> 512 | 1.5 |
 * | 8 x 14 x 14 x 256 -> 512  | 1.3 |
 * | 128 x 14 x 14 x 32 -> 64  | 1.2 |
 * | 1 x 56 x 56 x 64 -> 128   | 1.4 |
 *
 * By definition remain 128 x 28 x 28 x 8, 1 x 7 x 7 x 512 (0.6 by F(4, 3)), 32 x 14 x 14 x 16 of 5x5, and of stride 2
 * 8 x 112 x 112 x 3 -> 64 (0.4) and 1 x 14 x 14 x 256 -> 512 (0.7).
 */

/** Columns of a panel, whose unused ones cost as much as others. */
const WIDTH = 16
/**
 * What a value costs, of a tile's and of the weights' transforms, as products of the sum over channels; and where the
 * weights are more than the second cache holds.
 */
const TILE = 14
const WEIGHT = 6
const WEIGHT_FAR = 16
/** And where the stride is 2: its share of that, since many values are copied as they are. */
const STRIDED = 0.6
const CACHE = 2 ** 20
/** Of the time by definition: a gain that is worth the rounding. */
const GAIN = 0.9
/** Positions of a tile along an axis, by taps. */
const POSITIONS: Readonly<Record<number, readonly number[]>> = { 3: [4, 2], 5: [2] }

/**
 * The tiles by which a convolution of stride 1, or its adjoint in the images, takes least time; undefined where that is
 * its definition.
 */
export function tilingOf(g: Convolution, adjoint: boolean): Tiling | undefined {
  const tilings = tilingsOf(g, adjoint)
  const costs = tilings.map(costOf)
  const least = Math.min(...costs)
  return least < GAIN * costByDefinition(g) ? tilings[costs.indexOf(least)] : undefined
}

/** Does a convolution of stride 2 take less time by tiles? */
export function stridedPays(g: Convolution): boolean {
  if (!isStrided(g)) return false
  const { inChannels, outChannels } = g
  return costOfRows(stridedRows(g), MATRICES, inChannels, outChannels, STRIDED) < GAIN * costByDefinition(g)
}

/** All tiles by which it can be computed. */
export function tilingsOf(g: Convolution, adjoint: boolean): Tiling[] {
  const { batch, input, output, inChannels, outChannels, padding } = g
  const [taps] = g.kernel
  const ones = [...g.stride, ...g.dilation, g.groups].every(n => n === 1)
  if (!ones || g.kernel[1] !== taps || padding.some(p => p >= taps)) return []
  const [top, left] = padding.map(p => taps - 1 - p)
  const whole: Omit<Tiling, 'positions'> = adjoint
    ? {
        ...{ batch, taps, input: output, channels: outChannels, output: input, outChannels: inChannels },
        padding: [top, left],
      }
    : { batch, taps, input, channels: inChannels, output, outChannels, padding }
  return (POSITIONS[taps] ?? []).map(positions => ({ ...whole, positions }))
}

function costOf({ batch, output, positions, taps, channels, outChannels }: Tiling): number {
  const rows = output.reduce((n, size) => n * pointsOf(tilesAlong(size, positions), taps), batch)
  return costOfRows(rows, (positions + taps - 1) ** 2, channels, outChannels)
}

/** Products, as time goes: of so many rows, and matrices of weights; `share` of what transforms cost. */
function costOfRows(
  rows: number,
  matrices: number,
  channels: number,
  outChannels: number,
  share = 1,
): number {
  const wide = Math.ceil(outChannels / WIDTH) * WIDTH
  const products = channels * wide
  const weight = matrices * products * 4 > CACHE ? WEIGHT_FAR : WEIGHT
  return rows * (products + share * TILE * (channels + wide)) + share * matrices * weight * products
}

const costByDefinition = ({ batch, output, kernel, inChannels, outChannels }: Convolution): number =>
  kernel[0] ** 2 * batch * output[0] * output[1] * inChannels * Math.ceil(outChannels / WIDTH) * WIDTH
