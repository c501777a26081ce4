import type { Axis } from '../axis.ts'

/** Places of a tile along an axis, and taps at most: more points would save more, and round worse. */
export const PLACES = 2
export const TAPS = 5

/** What a tile reads, and how many tiles there are. */
export const sizeOf = ({ taps }: Axis): number => PLACES + taps - 1
export const tilesOf = ({ output }: Axis): number => Math.ceil(output / PLACES)

/** The padded axis that whole tiles read. In the adjoint the last tap reads the first place. */
export const band = (axis: Axis): Pick<Axis, 'before' | 'length'> => ({
  before: axis.tap > 0 ? axis.before : axis.taps - 1 - axis.padding,
  length: (tilesOf(axis) - 1) * PLACES + sizeOf(axis),
})
