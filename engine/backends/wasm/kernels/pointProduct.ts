import { tile } from './tile.ts'
import { TERMS } from './winogradWeights.ts'

/**
 * C[m,wide] = A[m,k] B in panels, on top of `start` in each row, whose panels are `startStep` bytes apart. While a panel is at
 * work, lines of the next are read, which may lie in a far cache: up to `TERMS` rows behind the last one too.
 */
// biome-ignore format: arguments by what they describe
export function multiply(
  table: usize, a: usize, m: i32, k: i32, aRow: usize, panel: usize, wide: usize, c: usize, start: usize, startStep: usize,
): void {
  if (m === 0) return
  const pairs = (m + 1) / 2
  let seen = 0
  i32.store(table, 0)
  for (let p = 0; p < k; p += TERMS) {
    const terms = min(TERMS, k - p)
    const bytes: usize = terms << 6, share: usize = ((terms + pairs - 1) / pairs) << 6
    i32.store(table, terms, 4)
    let from = start
    for (let j: usize = 0; j < wide; j += 64) {
      let next = panel + bytes
      const last = next + bytes
      for (let i = 0; i < m; i += 2) {
        const a0 = a + i * aRow + (p << 2), c0 = c + i * wide + j
        const a1 = i + 1 < m ? a0 + aRow : a0, c1 = c0 + wide
        for (const to = min(next + share, last); next < to; next += 64) seen |= i32.load(next)
        if (p > 0) tile(1, table, a0, a1, 4, panel, c0, c1, c0, c1)
        else tile(1, table, a0, a1, 4, panel, from, from, c0, c1)
      }
      panel += bytes
      from += startStep
    }
  }
  // What was read counts for something, or the compiler would leave it out.
  i32.store(table, seen, 8)
}
