/** A tap of a window: where it reads, relative to the place, and which of the kernel's taps it is. */
export interface Tap {
  readonly row: number
  readonly column: number
  readonly index: number
}

interface Reading {
  readonly taps: readonly Tap[]
  readonly step: readonly [number, number]
  /** Places of an output row. */
  readonly columns: number
}

/** The part of the input that a band of output rows reads: first row and column, relative to the band's first place. */
export interface Copy {
  readonly top: number
  readonly left: number
  readonly rows: number
  readonly columns: number
}

export function copyOf({ taps, step, columns }: Reading, bandRows: number): Copy {
  const [top, bottom] = range(taps.map(t => t.row))
  const [left, right] = range(taps.map(t => t.column))
  const size = (n: number, s: number, span: number): number => (n - 1) * s + span + 1
  return {
    top,
    left,
    rows: size(bandRows, step[0], bottom - top),
    columns: size(columns, step[1], right - left),
  }
}

/** Rows of a band, one at least, whose copy has at most `limit` places. */
export function bandRowsOf(reading: Reading & { rows: number }, limit: number): number {
  let bandRows = reading.rows
  const places = ({ rows, columns }: Copy): number => rows * columns
  while (bandRows > 1 && places(copyOf(reading, bandRows)) > limit) bandRows = Math.ceil(bandRows / 2)
  return bandRows
}

/** Where a tap lies in the copy, in bytes. */
export const offsetIn = ({ top, left, columns }: Copy, tap: Tap, pixel: number): number =>
  ((tap.row - top) * columns + tap.column - left) * pixel

const range = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)]
