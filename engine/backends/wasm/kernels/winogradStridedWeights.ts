import { evaluate } from './evaluate.ts'
import { packPanels } from './panels.ts'
import { WIDTH } from './tile.ts'
import { evaluateTile, placeLine, prepare, WORKSPACE } from './tiles.ts'
import { LINE } from './transforms.ts'
import { TERMS } from './winogradWeights.ts'

const POINTS: i32 = 6
/** Taps in a row, and bytes of those of one tap. */
const TAPS: i32 = 3
const TAP: usize = TERMS * 64

/** What `winogradStridedWeights` is told: a block of memory, four bytes a field. Distances are in bytes. */
@unmanaged
class WinogradStridedWeightsArguments {
  /** The weights [3,3,k,n]: from one tap, and one row of one, to the next. */
  w: usize
  tap: i32
  k: i32
  n: i32
  row: usize
  /** G of F(5, 2). */
  G: usize
  /** The weights of the matrices in panels, as of `winogradWeights`, and from one matrix to the next. */
  panels: usize
  pointPitch: usize
}

/**
 * Panels begin..end of the weights that `winogradStrided` multiplies by: along each axis the first and the last tap at the
 * points, and the one in between as it is. The matrices are those of points [6,6], of points by that tap, of that tap by
 * points, and of that tap alone.
 */
// biome-ignore format: arguments by what they describe
export function winogradStridedWeights(begin: i32, end: i32, scratch: usize, block: usize): void {
  const args = changetype<WinogradStridedWeightsArguments>(block)
  const k = args.k, pitch = args.pointPitch, targets = scratch + WORKSPACE, copy = targets + 64
  const count = (args.n + WIDTH - 1) / WIDTH
  prepare(scratch, POINTS)
  // Those of corners, transposed as of `winogradWeights`, of edges above and below, and of edges left and right.
  for (let i = 0; i < 4; i++) place(scratch, i, copy, (i & 1) * 6 + (i >> 1) * 2)
  for (let i = 0; i < 2; i++) {
    place(scratch, 4 + i, copy, 1 + 6 * i)
    place(scratch, 6 + i, copy, 3 + 2 * i)
  }
  for (let p = begin; p < end; p++) {
    for (let i = 0; i < k; i += TERMS) {
      const rows = min(TERMS, k - i)
      const from = args.w + i * args.row + ((p * WIDTH) << 2)
      for (let t = 0; t < TAPS * TAPS; t++)
        packPanels(0, 1, from + t * args.tap, rows, args.n - p * WIDTH, args.row, 4, copy + t * TAP, 0)
      const to = args.panels + ((i * count + p * rows) << 6), bytes: usize = rows << 6
      placeLine(targets, POINTS, to, POINTS * pitch)
      evaluateTile(scratch, POINTS, 2, 2, 2, args.G, bytes, targets, pitch, LINE, LINE)
      evaluate(POINTS, 2, 2, args.G, scratch + 16, 4, 0, to + POINTS * POINTS * pitch, pitch, bytes)
      evaluate(POINTS, 2, 2, args.G, scratch + 24, 4, 0, to + (POINTS + 1) * POINTS * pitch, pitch, bytes)
      memory.copy(to + (POINTS + 2) * POINTS * pitch, copy + 4 * TAP, bytes)
    }
  }
}

function place(table: usize, i: i32, copy: usize, tap: i32): void {
  i32.store(table + (i << 2), <i32>(copy + tap * TAP))
}
