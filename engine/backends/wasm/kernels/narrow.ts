import { madd, storeLanes } from './lanes.ts'

/** The most k's that are summed before they are added to what is there: as in `correlate`, to the last bit. */
const TERMS: i32 = 384

/**
 * What `places` in correlate.ts does, for outputs of at most four channels, of which a tile of 16 columns would waste
 * most: four places at a time. `scratch` holds 96 bytes.
 */
// biome-ignore format: arguments by what they describe
export function narrowPlaces(
  scratch: usize, a: usize, aRow: usize, aColumn: usize, rows: i32, columns: i32,
  table: usize, runs: i32, b: usize, start: usize, c: usize, cRow: usize, cColumn: usize, lanes: i32,
): void {
  const targets = scratch + 16, results = scratch + 32
  const aTurn = aRow - columns * aColumn, cTurn = cRow - columns * cColumn
  let q = columns
  for (let left = rows * columns; left > 0; left -= 4) {
    const some = min(4, left)
    for (let i = 0; i < 4; i++) {
      // Where there is no place left, the first is summed again.
      i32.store(scratch + (i << 2), i < some ? a : i32.load(scratch))
      i32.store(targets + (i << 2), c)
      if (i >= some) continue
      a += aColumn
      c += cColumn
      q--
      if (q === 0) {
        q = columns
        a += aTurn
        c += cTurn
      }
    }
    tile(runs, table, scratch, b, start, results)
    for (let i = 0; i < some; i++) storeLanes(i32.load(targets + (i << 2)), v128.load(results + (i << 4)), lanes)
  }
}

/**
 * C[4,4] = S[4] + sum over k of A[4,k] B[k,4]. The k's come in runs, as for the tile of 16; A's four rows start at the
 * addresses at `places`, and B's rows lie 64 bytes apart.
 */
function tile(runs: i32, table: usize, places: usize, b: usize, start: usize, c: usize): void {
  const zero = f32x4.splat(0)
  let s0 = v128.load(start)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  let c0 = zero
  let c1 = zero
  let c2 = zero
  let c3 = zero
  let terms = 0
  for (; runs > 0; runs--) {
    const offset: usize = i32.load(table)
    let k = i32.load(table, 4)
    if (terms + k > TERMS) {
      s0 = f32x4.add(s0, c0)
      s1 = f32x4.add(s1, c1)
      s2 = f32x4.add(s2, c2)
      s3 = f32x4.add(s3, c3)
      c0 = zero
      c1 = zero
      c2 = zero
      c3 = zero
      terms = 0
    }
    terms += k
    let p0 = i32.load(places) + offset
    let p1 = i32.load(places, 4) + offset
    let p2 = i32.load(places, 8) + offset
    let p3 = i32.load(places, 12) + offset
    do {
      const v = v128.load(b)
      c0 = madd(v128.load32_splat(p0), v, c0)
      c1 = madd(v128.load32_splat(p1), v, c1)
      c2 = madd(v128.load32_splat(p2), v, c2)
      c3 = madd(v128.load32_splat(p3), v, c3)
      p0 += 4
      p1 += 4
      p2 += 4
      p3 += 4
      b += 64
    } while (--k)
    table += 8
  }
  v128.store(c, f32x4.add(s0, c0), 0)
  v128.store(c, f32x4.add(s1, c1), 16)
  v128.store(c, f32x4.add(s2, c2), 32)
  v128.store(c, f32x4.add(s3, c3), 48)
}
