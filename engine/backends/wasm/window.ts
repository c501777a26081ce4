/** A tap of a window: where it reads, relative to the place, and which of the kernel's taps it is. */
export interface Tap {
  readonly row: number
  readonly column: number
  readonly index: number
}

/** How much of the input a band of output rows reads, and the copy of it in a thread's scratch memory. */
export interface Bands {
  /** Output rows of a band, and bands of an image. */
  readonly bandRows: number
  readonly bands: number
  /** The copy's first row and column, relative to the band's first place, and its size. */
  readonly top: number
  readonly left: number
  readonly copyRows: number
  readonly copyColumns: number
  readonly bytes: number
}

interface Reading {
  readonly taps: readonly Tap[]
  readonly step: readonly [number, number]
  readonly rows: number
  readonly columns: number
  /** Bytes of a place of the input. */
  readonly pixel: number
}

/** Bands whose copy stays within `limit` bytes, but of one row at least. */
export function bandsOf({ taps, step, rows, columns, pixel }: Reading, limit: number): Bands {
  const [top, bottom] = range(taps.map(t => t.row))
  const [left, right] = range(taps.map(t => t.column))
  const copyColumns = (columns - 1) * step[1] + right - left + 1
  const copied = (bandRows: number): number => (bandRows - 1) * step[0] + bottom - top + 1
  let bandRows = rows
  while (bandRows > 1 && copied(bandRows) * copyColumns * pixel > limit) bandRows = Math.ceil(bandRows / 2)
  const copyRows = copied(bandRows)
  const bytes = copyRows * copyColumns * pixel
  return { bandRows, bands: Math.ceil(rows / bandRows), top, left, copyRows, copyColumns, bytes }
}

/** Where a tap lies in the copy of a band, in bytes. */
export const offsetIn = ({ top, left, copyColumns }: Bands, tap: Tap, pixel: number): number =>
  ((tap.row - top) * copyColumns + tap.column - left) * pixel

const range = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)]
