import type { TypedArray } from '../backend.ts'

/** A matrix somewhere in an array: element (i, j) is values[start + i * row + j * col]. */
export interface Matrix {
  readonly values: TypedArray
  readonly start: number
  readonly row: number
  readonly col: number
}

/** Rows and columns that one step of the inner loop works on; their 16 sums stay in registers. */
const TILE = 4

/**
 * z[i,j] += sum over k of a[i,k] b[k,j], in float64 and in the order of k; z is m x n, row-major. Both operands
 * are first copied into panels of four rows and four columns, so that the inner loop reads only neighbours.
 */
export function gemm(a: Matrix, b: Matrix, z: Float64Array, m: number, n: number, depth: number): void {
  const rows = panels(0, a.values, a.start, a.row, a.col, m, depth)
  const columns = panels(1, b.values, b.start, b.col, b.row, n, depth)
  for (let i = 0; i < m; i += TILE) {
    for (let j = 0; j < n; j += TILE) {
      tile(rows, i * depth, columns, j * depth, depth)
      const [height, width] = [Math.min(TILE, m - i), Math.min(TILE, n - j)]
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) z[(i + y) * n + j + x] += sums[y * TILE + x]
      }
    }
  }
}

/** Scratch for the panels of the two operands: fresh memory would cost more than what is done with it. */
const scratch = [new Float64Array(0), new Float64Array(0)]

/** Four lines at a time, their k-th elements side by side; zeros fill the last panel. */
function panels(
  operand: 0 | 1,
  values: TypedArray,
  start: number,
  apart: number,
  along: number,
  count: number,
  depth: number,
): Float64Array {
  const lines = Math.ceil(count / TILE) * TILE
  if (scratch[operand].length < lines * depth) scratch[operand] = new Float64Array(lines * depth)
  const out = scratch[operand]
  for (let i = 0; i < lines; i++) {
    let to = (i - (i % TILE)) * depth + (i % TILE)
    let from = start + i * apart
    if (i < count) for (let k = 0; k < depth; k++, from += along, to += TILE) out[to] = values[from]
    else for (let k = 0; k < depth; k++, to += TILE) out[to] = 0
  }
  return out
}

const sums = new Float64Array(TILE * TILE)

// biome-ignore format: a tile, drawn as one
function tile(a: Float64Array, aAt: number, b: Float64Array, bAt: number, depth: number): void {
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0
  let s10 = 0, s11 = 0, s12 = 0, s13 = 0
  let s20 = 0, s21 = 0, s22 = 0, s23 = 0
  let s30 = 0, s31 = 0, s32 = 0, s33 = 0
  for (let k = 0; k < depth; k++) {
    const [at, to] = [aAt + k * TILE, bAt + k * TILE]
    const b0 = b[to], b1 = b[to + 1], b2 = b[to + 2], b3 = b[to + 3]
    let x = a[at]
    s00 += x * b0; s01 += x * b1; s02 += x * b2; s03 += x * b3
    x = a[at + 1]
    s10 += x * b0; s11 += x * b1; s12 += x * b2; s13 += x * b3
    x = a[at + 2]
    s20 += x * b0; s21 += x * b1; s22 += x * b2; s23 += x * b3
    x = a[at + 3]
    s30 += x * b0; s31 += x * b1; s32 += x * b2; s33 += x * b3
  }
  sums[0] = s00; sums[1] = s01; sums[2] = s02; sums[3] = s03
  sums[4] = s10; sums[5] = s11; sums[6] = s12; sums[7] = s13
  sums[8] = s20; sums[9] = s21; sums[10] = s22; sums[11] = s23
  sums[12] = s30; sums[13] = s31; sums[14] = s32; sums[15] = s33
}
