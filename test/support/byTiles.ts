import { type Matrix, minimal } from '../../engine/backends/minimalFiltering.ts'
import type { Tiling } from '../../engine/backends/wasm/winograd.ts'
import { tilesAlong } from '../../engine/backends/wasm/winogradTables.ts'

/** M X N', for a matrix of numbers; N is M unless said. */
function both(M: Matrix, X: Matrix, N: Matrix = M): number[][] {
  const rows = M.map(row => X[0].map((_, j) => row.reduce((sum, v, k) => sum + v * X[k][j], 0)))
  return M.map((_, i) => N.map(row => row.reduce((sum, v, k) => sum + v * rows[i][k], 0)))
}

const transposed = (M: Matrix): number[][] => M[0].map((_, j) => M.map(row => row[j]))

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

interface Span {
  readonly start: number
  readonly size: number
}

/** Where the tiles along an axis start, and their positions. */
const spansOf = (size: number, positions: number): Span[] => {
  let start = 0
  return tilesAlong(size, positions).map(n => {
    start += n
    return { start: start - n, size: n }
  })
}

/** All tiles: of an image, in a row and a column of tiles. */
function tilesOf({ batch, output, positions }: Tiling) {
  const [rows, columns] = output.map(n => spansOf(n, positions))
  return upTo(batch).flatMap(n => rows.flatMap(row => columns.map(column => ({ n, row, column }))))
}

/** [rows,columns] places of an image [batch,..size,channels], zeros beyond. */
const cut = (
  values: ArrayLike<number>,
  [height, width]: readonly [number, number],
  channels: number,
  [n, top, left]: readonly [number, number, number],
  [rows, columns]: readonly [number, number],
  c: number,
): number[][] =>
  upTo(rows).map(i =>
    upTo(columns).map(j => {
      const [y, x] = [top + i, left + j]
      const inside = y >= 0 && y < height && x >= 0 && x < width
      return inside ? values[((n * height + y) * width + x) * channels + c] : 0
    }),
  )

/** Of a tile of `size` positions: A[size,N], B[N,places] and G[N,taps], for the N of a whole one. */
interface Algorithm {
  readonly step: number
  of(size: number): Readonly<Record<'A' | 'B' | 'G', Matrix>>
}

const filtering = ({ positions, taps }: Tiling): Algorithm => ({
  step: 1,
  of: size => minimal(size, taps, positions),
})

/** Of stride 2 and three taps: F(m, 2) of the first and last tap on every second place, and the other as it is. */
export const everySecond = ({ positions }: Tiling): Algorithm => ({
  step: 2,
  of(size) {
    const { A, B, G } = minimal(size, 2, positions)
    const others = upTo(positions)
    const spread = (row: readonly number[]): number[] => row.flatMap((v, i) => (i === 0 ? [v] : [0, v]))
    return {
      A: A.map((row, i) => [...row, ...others.map(j => Number(i === j))]),
      B: [...B.map(spread), ...others.map(j => upTo(2 * size + 1).map(k => Number(k === 2 * j + 1)))],
      G: [...G.map(spread), ...others.map(() => [0, 1, 0])],
    }
  },
})

/**
 * What minimal filtering computes, in float64: by its matrices, or with `abs` by their absolute values, on absolute
 * values. That is the most that a relative error of each step can add up to.
 */
const matrices = (t: Tiling, abs: boolean, size = t.positions, algorithm = filtering(t)) => {
  const { A, B, G } = algorithm.of(size)
  const of = (M: Matrix): Matrix => (abs ? M.map(row => row.map(Math.abs)) : M)
  return { A: of(A), B: of(B), G: of(G) }
}

/** z[batch,..output,O] of x[batch,..input,C] and w[taps,taps,C,O]. */
export function convolved(
  t: Tiling,
  x: Float64Array,
  w: Float64Array,
  abs = false,
  algorithm = filtering(t),
): Float64Array {
  const { G } = matrices(t, abs, t.positions, algorithm)
  const { taps, channels, outChannels, output, padding } = t
  const [points, z] = [G.length, new Float64Array(t.batch * output[0] * output[1] * outChannels)]
  const values = abs ? [x.map(Math.abs), w.map(Math.abs)] : [x, w]
  const weights = upTo(channels).map(c =>
    upTo(outChannels).map(o =>
      both(
        G,
        upTo(taps).map(i =>
          upTo(taps).map(j => values[1][((i * taps + j) * channels + c) * outChannels + o]),
        ),
      ),
    ),
  )
  for (const { n, row, column } of tilesOf(t)) {
    const { step } = algorithm
    const at = [n, step * row.start - padding[0], step * column.start - padding[1]] as const
    const [down, across] = [row, column].map(({ size }) => matrices(t, abs, size, algorithm))
    const places = [down.B[0].length, across.B[0].length] as const
    const inputs = upTo(channels).map(c =>
      both(down.B, cut(values[0], t.input, channels, at, places, c), across.B),
    )
    for (let o = 0; o < outChannels; o++) {
      const sums = upTo(points).map(i =>
        upTo(points).map(j => inputs.reduce((sum, v, c) => sum + v[i][j] * weights[c][o][i][j], 0)),
      )
      both(down.A, sums, across.A).forEach((line, i) => {
        line.forEach((value, j) => {
          const [y, x] = [row.start + i, column.start + j]
          if (y < output[0] && x < output[1])
            z[((n * output[0] + y) * output[1] + x) * outChannels + o] = value
        })
      })
    }
  }
  return z
}

/** dw[taps,taps,C,O] of x[batch,..input,C] and dz[batch,..output,O]. */
export function weightGradients(t: Tiling, x: Float64Array, dz: Float64Array, abs = false): Float64Array {
  const { G } = matrices(t, abs)
  const { taps, channels, outChannels, output, padding } = t
  const [points, dw] = [G.length, new Float64Array(taps ** 2 * channels * outChannels)]
  const values = abs ? [x.map(Math.abs), dz.map(Math.abs)] : [x, dz]
  const sums = upTo(channels).map(() => upTo(outChannels).map(() => new Float64Array(points ** 2)))
  for (const { n, row, column } of tilesOf(t)) {
    const at = [n, row.start - padding[0], column.start - padding[1]] as const
    const [down, across] = [row, column].map(({ size }) => matrices(t, abs, size))
    const places = [down.B[0].length, across.B[0].length] as const
    const inputs = upTo(channels).map(c =>
      both(down.B, cut(values[0], t.input, channels, at, places, c), across.B).flat(),
    )
    const own = [n, row.start, column.start] as const
    const sizes = [row.size, column.size] as const
    const [downA, acrossA] = [down, across].map(({ A }) => transposed(A))
    const outputs = upTo(outChannels).map(o =>
      both(downA, cut(values[1], output, outChannels, own, sizes, o), acrossA).flat(),
    )
    inputs.forEach((v, c) => {
      outputs.forEach((d, o) => {
        for (let i = 0; i < v.length; i++) sums[c][o][i] += v[i] * d[i]
      })
    })
  }
  sums.forEach((line, c) => {
    line.forEach((sum, o) => {
      const grid = upTo(points).map(i => [...sum.subarray(i * points, (i + 1) * points)])
      both(transposed(G), grid).forEach((row, i) => {
        row.forEach((value, j) => {
          dw[((i * taps + j) * channels + c) * outChannels + o] = value
        })
      })
    })
  })
  return dw
}
