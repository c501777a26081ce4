import { combine } from './combine.ts'
import { evaluate } from './evaluate.ts'
import { filterInput } from './filterInput.ts'
import { following } from './grid.ts'
import { LINE } from './transforms.ts'

/** Points of a transform along an axis, at most, and the positions, or taps, that they stand for. */
const POINTS: usize = 6
const COUNT: usize = 5
/** Bytes of a table of addresses: of a tile's lines, row after row. */
const GRID: usize = 192
/** Bytes of a table, of another of the lines that are transformed along one axis, of these, and of those that spill. */
export const WORKSPACE: usize = 2 * GRID + (POINTS * POINTS + COUNT * COUNT) * LINE

/** Lines [count,count] to be copied on. */
export function spillOf(workspace: usize): usize {
  return workspace + 2 * GRID + POINTS * POINTS * LINE
}

/** Tells a workspace where its own lines lie, `points` in a row. Once is enough. */
export function prepare(workspace: usize, points: i32): void {
  const own = workspace + GRID
  for (let i = 0; i < points * points; i++) i32.store(own + (i << 2), <i32>(workspace + 2 * GRID + i * LINE))
}

/**
 * Where the places of a tile [rows,columns] of an image [height,width], `pixel` bytes a place, lie from (row, column) on:
 * those off the image are `zeros`.
 */
// biome-ignore format: arguments by what they describe
export function placeTile(
  workspace: usize, rows: i32, columns: i32, image: usize, height: i32, width: i32, pixel: i32, row: i32, column: i32, zeros: usize,
): void {
  let to = workspace
  for (let y = row; y < row + rows; y++) {
    const inside = y >= 0 && y < height
    let place = image + (y * width + column) * pixel
    for (let x = column; x < column + columns; x++) {
      i32.store(to, <i32>(inside && x >= 0 && x < width ? place : zeros))
      place += pixel
      to += 4
    }
  }
}

/** Where lines lie that are `apart` bytes from each other: `count` of them. */
export function placeLine(table: usize, count: i32, from: usize, apart: usize): void {
  for (let i = 0; i < count; i++) i32.store(table + (i << 2), <i32>(from + i * apart))
}

/** The same, [points,points]. */
export function placeLines(workspace: usize, points: i32, from: usize, apart: usize): void {
  placeLine(workspace, points * points, from, apart)
}

/** Where they lie whose columns start at `targets`, and go on `apart` bytes from each other. */
export function placeGrid(workspace: usize, points: i32, targets: usize, apart: usize): void {
  for (let i = 0; i < points; i++) {
    for (let j = 0; j < points; j++)
      i32.store(workspace + ((i * points + j) << 2), i32.load(targets + (j << 2)) + <i32>(i * apart))
  }
}

/**
 * B x B' of the tile [rows,columns] in the grid, `bytes` of each line: the values of point (i, j) lie `i apart` behind the
 * address at `targets + 4 j`, in pieces of `width` bytes that are `piece` bytes apart. `B` is that of tiles of `points`
 * places, behind which lie those of tiles that have fewer.
 */
// biome-ignore format: arguments by what they describe
export function filterTile(
  workspace: usize, points: i32, rows: i32, columns: i32, B: usize, bytes: usize, targets: usize, apart: usize, width: usize, piece: usize,
): void {
  const own = workspace + GRID, lines = own + GRID, row: usize = points << 2, matrix: usize = (points * points) << 2
  const across = B + (points - columns) * matrix, down = B + (points - rows) * matrix
  for (let at: usize = 0; at < bytes; at += LINE) {
    const length = min(LINE, bytes - at)
    for (let i = 0; i < rows; i++) filterInput(points, columns, across, workspace + ((i * columns) << 2), 4, at, lines + i * points * LINE, LINE, length)
    for (let j = 0; j < points; j = following(j, columns, points)) {
      const values: usize = i32.load(targets + (j << 2))
      for (let k: usize = 0; k < length; k += width)
        filterInput(points, rows, down, own + (j << 2), row, k, values + ((at + k) / width) * piece, apart, min(width, length - k))
    }
  }
}

/**
 * T c T' of the tile [rows,columns] in the grid, of which whole ones have [count,count]; the rest as in `filterTile`.
 */
// biome-ignore format: arguments by what they describe
export function evaluateTile(
  workspace: usize, points: i32, count: i32, rows: i32, columns: i32, T: usize, bytes: usize, targets: usize, apart: usize, width: usize, piece: usize,
): void {
  const own = workspace + GRID, lines = own + GRID, row: usize = points << 2, taken = points - count + columns
  for (let at: usize = 0; at < bytes; at += LINE) {
    const length = min(LINE, bytes - at)
    for (let i = 0; i < rows; i++) evaluate(points, count, columns, T, workspace + ((i * columns) << 2), 4, at, lines + i * points * LINE, LINE, length)
    for (let j = 0; j < points; j = following(j, taken, points)) {
      const values: usize = i32.load(targets + (j << 2))
      for (let k: usize = 0; k < length; k += width)
        evaluate(points, count, rows, T, own + (j << 2), row, k, values + ((at + k) / width) * piece, apart, min(width, length - k))
    }
  }
}

/**
 * The first `shown` rows of T' y T of the values in the grid, for a tile of [rows,columns] and whole ones of [count,count]:
 * `bytes` of each line and at most `LINE`, from `at` on, on top of `start` if that is not 0. Row i lies at `to + i row`, its
 * places `apart` bytes from each other.
 */
// biome-ignore format: arguments by what they describe
export function combineTile(
  workspace: usize, points: i32, count: i32, rows: i32, columns: i32, T: usize, at: usize, bytes: usize, shown: i32,
  to: usize, row: usize, apart: usize, start: usize,
): void {
  const own = workspace + GRID, lines = own + GRID, step: usize = points << 2, taken = points - count + columns
  for (let j = 0; j < points; j = following(j, taken, points))
    combine(points, count, rows, T, workspace + (j << 2), step, at, lines + j * LINE, points * LINE, bytes, 0, 0)
  for (let i = 0; i < shown; i++) combine(points, count, columns, T, own + i * step, 4, 0, to + i * row, apart, bytes, start, 0)
}
