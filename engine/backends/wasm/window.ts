import type { Convolution } from '../backend.ts'

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

/** The taps of a convolution, row by row. */
export function forwardTaps({ kernel, dilation, padding }: Convolution): Tap[] {
  return eachTap(kernel, (i, j) => ({
    row: i * dilation[0] - padding[0],
    column: j * dilation[1] - padding[1],
  }))
}

/** For inputs h = a s + phase: the taps that reach them, and from which place, relative to a; ordered by place. */
export function phaseTaps({ kernel, dilation, padding, stride }: Convolution, ph: number, pw: number): Tap[] {
  const taps = eachTap(kernel, (i, j) => ({
    row: (ph + padding[0] - i * dilation[0]) / stride[0],
    column: (pw + padding[1] - j * dilation[1]) / stride[1],
  }))
  return taps
    .filter(({ row, column }) => Number.isInteger(row) && Number.isInteger(column))
    .sort((s, t) => s.row - t.row || s.column - t.column)
}

function eachTap(
  [height, width]: readonly [number, number],
  place: (i: number, j: number) => { row: number; column: number },
): Tap[] {
  return Array.from({ length: height * width }, (_, index) => ({
    ...place(Math.floor(index / width), index % width),
    index,
  }))
}

/** The places within a stride, row by row. */
export function phasesOf({ stride }: Convolution): [number, number][] {
  return Array.from({ length: stride[0] * stride[1] }, (_, i) => [Math.floor(i / stride[1]), i % stride[1]])
}
