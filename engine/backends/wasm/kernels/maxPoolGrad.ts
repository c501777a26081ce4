import { mayHoldNaN, notLarger, storeLanes } from './lanes.ts'

/**
 * dx = dz where x is largest in its window, added up, for the images begin..end, of `size` bytes each; 0 elsewhere. The
 * windows are as in `maxPool`, and of equals it is the first.
 */
// biome-ignore format: arguments by what they describe
export function maxPoolGrad(
  begin: i32, end: i32, dz: usize, x: usize, dx: usize, channels: i32, size: usize,
  rows: usize, rowCount: i32, columns: usize, columnCount: i32, down: usize, across: usize,
): void {
  const pixel: usize = channels << 2
  const alone = liesApart(rows, rowCount, down) && liesApart(columns, columnCount, across)
  let from: usize = dz + begin * rowCount * columnCount * pixel
  for (let n = begin; n < end; n++) {
    memory.fill(dx + n * size, 0, size)
    let row = rows
    for (let r = 0; r < rowCount; r++) {
      const line: usize = n * size + i32.load(row)
      const height = i32.load(row, 4)
      let column = columns
      for (let q = 0; q < columnCount; q++) {
        const at: usize = line + i32.load(column)
        const width = i32.load(column, 4)
        give(from, x + at, dx + at, channels, height, width, down, across, alone)
        column += 8
        from += pixel
      }
      row += 8
    }
  }
}

/** Do windows, whose taps are `tap` bytes apart, share none? Then what they give is stored, and nothing added to. */
function liesApart(windows: usize, count: i32, tap: usize): bool {
  for (let i = 1; i < count; i++) {
    const window: usize = windows + (i << 3)
    if (<usize>(i32.load(window) - i32.load(window - 8)) < tap * <usize>i32.load(window - 4)) return false
  }
  return true
}

/**
 * Adds dz to dx at the largest of x's taps, the first of equals or of NaN, for each channel. `alone` says that no other
 * window gives to these places, which are 0: then it need not be added.
 */
function give(
  dz: usize,
  x: usize,
  dx: usize,
  channels: i32,
  down: i32,
  across: i32,
  row: usize,
  column: usize,
  alone: bool,
): void {
  let c = 0
  if (down === 2 && across === 2) {
    for (; c + 4 <= channels; c += 4) {
      giveTwoByTwo(dz + (c << 2), x + (c << 2), dx + (c << 2), row, column, alone)
    }
  } else {
    for (; c + 8 <= channels; c += 8) {
      giveEight(dz + (c << 2), x + (c << 2), dx + (c << 2), down, across, row, column)
    }
  }
  for (; c < channels; c += 4) {
    giveFour(dz + (c << 2), x + (c << 2), dx + (c << 2), channels - c, down, across, row, column)
  }
}

function giveEight(dz: usize, x: usize, dx: usize, down: i32, across: i32, row: usize, column: usize): void {
  let best0 = v128.load(x)
  let best1 = v128.load(x, 16)
  let chosen0 = i32x4.splat(0)
  let chosen1 = i32x4.splat(0)
  let sum0 = f32x4.splat(0)
  let sum1 = f32x4.splat(0)
  let tap = 0
  for (let i = 0; i < down; i++) {
    let at: usize = x + i * row
    for (let j = 0; j < across; j++) {
      const v0 = v128.load(at)
      const v1 = v128.load(at, 16)
      const here = i32x4.splat(tap)
      chosen0 = i32x4.max_s(chosen0, v128.and(here, f32x4.gt(v0, best0)))
      chosen1 = i32x4.max_s(chosen1, v128.and(here, f32x4.gt(v1, best1)))
      best0 = f32x4.pmax(best0, v0)
      best1 = f32x4.pmax(best1, v1)
      sum0 = f32x4.add(sum0, v0)
      sum1 = f32x4.add(sum1, v1)
      at += column
      tap++
    }
  }
  if (mayHoldNaN(f32x4.add(sum0, sum1))) {
    giveFour(dz, x, dx, 4, down, across, row, column)
    giveFour(dz + 16, x + 16, dx + 16, 4, down, across, row, column)
    return
  }
  const d0 = v128.load(dz)
  const d1 = v128.load(dz, 16)
  tap = 0
  for (let i = 0; i < down; i++) {
    let at: usize = dx + i * row
    for (let j = 0; j < across; j++) {
      const here = i32x4.splat(tap)
      v128.store(at, f32x4.add(v128.load(at), v128.and(d0, i32x4.eq(chosen0, here))))
      v128.store(at, f32x4.add(v128.load(at, 16), v128.and(d1, i32x4.eq(chosen1, here))), 16)
      at += column
      tap++
    }
  }
}

/** Four channels, of which the first `lanes` are written. */
function giveFour(
  dz: usize,
  x: usize,
  dx: usize,
  lanes: i32,
  down: i32,
  across: i32,
  row: usize,
  column: usize,
): void {
  let best = v128.load(x)
  let chosen = i32x4.splat(0)
  let tap = 0
  for (let i = 0; i < down; i++) {
    let at: usize = x + i * row
    for (let j = 0; j < across; j++) {
      const v = v128.load(at)
      const stays = notLarger(v, best)
      chosen = v128.bitselect(chosen, i32x4.splat(tap), stays)
      best = v128.bitselect(best, v, stays)
      at += column
      tap++
    }
  }
  const d = v128.load(dz)
  tap = 0
  for (let i = 0; i < down; i++) {
    let at: usize = dx + i * row
    for (let j = 0; j < across; j++) {
      const share = v128.and(d, i32x4.eq(chosen, i32x4.splat(tap)))
      storeLanes(at, f32x4.add(v128.load(at), share), lanes)
      at += column
      tap++
    }
  }
}

/** The commonest window, two by two, for four channels. */
function giveTwoByTwo(dz: usize, x: usize, dx: usize, row: usize, column: usize, alone: bool): void {
  const lower: usize = row + column
  const v0 = v128.load(x)
  const v1 = v128.load(x + column)
  const v2 = v128.load(x + row)
  const v3 = v128.load(x + lower)
  // A NaN in the first tap is larger than all by itself.
  if (mayHoldNaN(f32x4.add(f32x4.add(v1, v2), v3))) {
    giveFour(dz, x, dx, 4, 2, 2, row, column)
    return
  }
  const best = f32x4.pmax(v0, v1)
  const beyond = f32x4.gt(v3, f32x4.pmax(best, v2))
  const below = v128.or(beyond, f32x4.gt(v2, best))
  const behind = v128.or(below, f32x4.gt(v1, v0))
  const d = v128.load(dz)
  const d1 = v128.and(d, v128.andnot(behind, below))
  const d2 = v128.and(d, v128.andnot(below, beyond))
  if (alone) {
    v128.store(dx, v128.andnot(d, behind))
    v128.store(dx + column, d1)
    v128.store(dx + row, d2)
    v128.store(dx + lower, v128.and(d, beyond))
  } else {
    add(dx, v128.andnot(d, behind))
    add(dx + column, d1)
    add(dx + row, d2)
    add(dx + lower, v128.and(d, beyond))
  }
}

function add(dx: usize, share: v128): void {
  v128.store(dx, f32x4.add(v128.load(dx), share))
}
