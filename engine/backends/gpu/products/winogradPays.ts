import { MAX_ELEMENTS } from '../program.ts'
import type { Axis } from './axis.ts'
import { foursOf } from './pack.ts'
import type { Geometry } from './packConvolution.ts'
import { PART_TERMS } from './tiledProduct.ts'

/** Positions of a tile along an axis, and taps at most: more points would save more, and round worse. */
export const POSITIONS = 2
export const TAPS = 5

/** What a tile reads, and how many tiles there are. */
export const tileSize = ({ taps }: Axis): number => POSITIONS + taps - 1
export const tilesOf = ({ output }: Axis): number => Math.ceil(output / POSITIONS)

/** The padded axis that whole tiles read. In the adjoint the last tap reads the first position. */
export const paddedAxis = (axis: Axis): Pick<Axis, 'before' | 'length'> => ({
  before: axis.tap > 0 ? axis.before : axis.taps - 1 - axis.padding,
  length: (tilesOf(axis) - 1) * POSITIONS + tileSize(axis),
})

/** Channels and columns from which on the product outweighs the transforms. */
const WIDE = 16
/** Values of a tile along an axis, as they lie in memory. */
const LANES = 8

/** Whether `winograd` can compute it, by at most two thirds of the multiplications, and for values of one size as exactly. */
export function winogradPays({ axes, batch, size, groups, channels, columns }: Geometry): boolean {
  // A position with few terms, at a rim where most fall into the padding, would share the rounding errors of its neighbours.
  const plain = (axis: Axis, i: number): boolean => {
    const { phases, step, tap, taps, output } = axis
    const { before } = paddedAxis(axis)
    const rim = Math.max(before, output - 1 - before + taps - size[i])
    return phases === 1 && step === 1 && Math.abs(tap) === 1 && taps <= TAPS && rim <= taps / 2
  }
  if (groups > 1 || !axes.every(plain) || Math.min(channels, columns) < WIDE || channels > PART_TERMS)
    return false
  const [rows, cols] = axes
  const tiles = tilesOf(rows) * tilesOf(cols)
  const wide = foursOf(Math.max(channels, columns)) * 4
  return (
    3 * tileSize(rows) * tileSize(cols) * tiles <= 2 * rows.taps * cols.taps * rows.output * cols.output &&
    LANES ** 2 * Math.max(batch * tiles + 1, channels) * wide <= MAX_ELEMENTS
  )
}
