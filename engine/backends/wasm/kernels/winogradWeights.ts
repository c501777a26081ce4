import { packPanels } from './panels.ts'
import { WIDTH } from './tile.ts'
import { evaluateTile, placeLine, placeLines, prepare, WORKSPACE } from './tiles.ts'
import { LINE } from './transforms.ts'

/**
 * The most channels that are summed before they are stored: longer sums round worse, for a fortieth of the time. So many rows
 * of a panel lie together, and are transformed at a time.
 */
export const TERMS: i32 = 128

/** What `winogradWeights` is told: a block of memory, four bytes a field. Distances are in bytes. */
@unmanaged
class WinogradWeightsArguments {
  /** The weights [taps,taps,k,n]: where the first tap lies, and from one row, and column, of taps to the next. */
  w: usize
  tapRow: i32
  tapColumn: i32
  taps: i32
  k: i32
  n: i32
  row: usize
  column: usize
  /** Points along an axis, and G. */
  points: i32
  G: usize
  /** The weights of the points in panels [parts of k][panels of n][TERMS][16], and from one point to the next. */
  panels: usize
  pointPitch: usize
}

/** Panels begin..end of G w G'. */
// biome-ignore format: arguments by what they describe
export function winogradWeights(begin: i32, end: i32, scratch: usize, block: usize): void {
  const args = changetype<WinogradWeightsArguments>(block)
  const taps = args.taps, points = args.points, k = args.k
  const targets = scratch + WORKSPACE, copy = targets + 64, tap: usize = TERMS * 64
  const count = (args.n + WIDTH - 1) / WIDTH
  prepare(scratch, points)
  placeLines(scratch, taps, copy, tap)
  for (let p = begin; p < end; p++) {
    const columns = args.n - p * WIDTH
    for (let i = 0; i < k; i += TERMS) {
      const rows = min(TERMS, k - i)
      const from = args.w + i * args.row + p * WIDTH * args.column
      // Transposed, since columns of the grid become those of the points: here their rows, whose panels lie side by side.
      for (let t = 0; t < taps * taps; t++)
        packPanels(0, 1, from + (t / taps) * args.tapRow + (t % taps) * args.tapColumn, rows, columns, args.row, args.column, copy + ((t % taps) * taps + t / taps) * tap, 0)
      placeLine(targets, points, args.panels + ((i * count + p * rows) << 6), points * args.pointPitch)
      evaluateTile(scratch, points, taps, taps, taps, args.G, rows << 6, targets, args.pointPitch, LINE, LINE)
    }
  }
}
