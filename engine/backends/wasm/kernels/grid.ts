/** A tile of an image: its first position in the output, and its positions along each axis. */
@unmanaged
export class Tile {
  image: i32
  row: i32
  column: i32
  rows: i32
  columns: i32

  static at(address: usize): Tile {
    return changetype<Tile>(address)
  }
}

/** Bytes of a span: where a tile along an axis starts, and its positions. */
const SPAN: usize = 8

/**
 * The tile of this number. They are counted by their row, then by image and column. Since spans are in the order of their
 * sizes, rows of smaller tiles come last, and a column of points has the same order of tiles in all its rows.
 */
// biome-ignore format: arguments by what they describe
export function findTile(t: Tile, index: i32, images: i32, tileColumns: i32, rowSpans: usize, columnSpans: usize): void {
  const line = images * tileColumns
  const row = rowSpans + (index / line) * SPAN, column = columnSpans + (index % tileColumns) * SPAN
  t.image = (index % line) / tileColumns
  t.row = i32.load(row)
  t.rows = i32.load(row, 4)
  t.column = i32.load(column)
  t.columns = i32.load(column, 4)
}

/** The point after i of those of a tile: all of `points`, or, if it takes fewer, the first ones and the last. */
export function following(i: i32, taken: i32, points: i32): i32 {
  return i === taken - 2 ? points - 1 : i + 1
}

/**
 * Where a tile lies in the first row of the points' matrices, one address a column: those of the tiles before it, which are
 * counted, lie there already, `bytes` each.
 */
export function placeColumns(
  targets: usize,
  points: i32,
  from: usize,
  pitch: usize,
  counts: usize,
  bytes: usize,
): void {
  for (let j = 0; j < points; j++)
    i32.store(targets + (j << 2), <i32>(from + j * pitch + i32.load(counts + (j << 2)) * bytes))
}

/** One tile more for each of the points that it takes. */
export function count(counts: usize, points: i32, takenRows: i32, takenColumns: i32): void {
  for (let i = 0; i < points; i = following(i, takenRows, points)) {
    for (let j = 0; j < points; j = following(j, takenColumns, points)) {
      const at = counts + ((i * points + j) << 2)
      i32.store(at, i32.load(at) + 1)
    }
  }
}
