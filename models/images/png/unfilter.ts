/**
 * Takes back the filter of each of `height` rows, in place: from `at` on, a byte that says which, and `line` bytes. A byte is
 * told by those at its left (`step` before it, one pixel), above it, and above on the left; outside they are 0.
 * Source: Portable Network Graphics, third edition (w3.org/TR/png-3), section 9.
 */
export function unfilter(raw: Uint8Array, at: number, height: number, line: number, step: number): void {
  let above: Uint8Array = new Uint8Array(line)
  for (let y = 0; y < height; y++) {
    const begin = at + y * (1 + line) + 1
    const row = raw.subarray(begin, begin + line)
    const filter = raw[begin - 1]
    if (filter === 1) for (let i = step; i < line; i++) row[i] += row[i - step]
    else if (filter === 2) for (let i = 0; i < line; i++) row[i] += above[i]
    else if (filter === 3) average(row, above, step)
    else if (filter === 4) paeth(row, above, step)
    else if (filter !== 0) throw new Error(`filter ${filter} in row ${y}`)
    above = row
  }
}

function average(row: Uint8Array, above: Uint8Array, step: number): void {
  for (let i = 0; i < row.length; i++) row[i] += ((i < step ? 0 : row[i - step]) + above[i]) >> 1
}

/** The neighbour that is nearest to left + above - corner; left before above before corner. */
function paeth(row: Uint8Array, above: Uint8Array, step: number): void {
  for (let i = 0; i < row.length; i++) {
    const a = i < step ? 0 : row[i - step]
    const b = above[i]
    const c = i < step ? 0 : above[i - step]
    const toA = Math.abs(b - c)
    const toB = Math.abs(a - c)
    const toC = Math.abs(a + b - 2 * c)
    row[i] += toA <= toB && toA <= toC ? a : toB <= toC ? b : c
  }
}
