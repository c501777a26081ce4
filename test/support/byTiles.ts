import { type Matrix, minimal } from '../../engine/backends/minimalFiltering.ts'
import type { Tiling } from '../../engine/backends/wasm/winograd.ts'

/** M X M', for a matrix of numbers. */
function both(M: Matrix, X: Matrix): number[][] {
  const rows = M.map(row => X[0].map((_, j) => row.reduce((sum, v, k) => sum + v * X[k][j], 0)))
  return M.map((_, i) => M.map(row => row.reduce((sum, v, k) => sum + v * rows[i][k], 0)))
}

const transposed = (M: Matrix): number[][] => M[0].map((_, j) => M.map(row => row[j]))

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** All (image, tile row, tile column) of a tiling. */
const tilesOf = ({ batch, output, positions }: Tiling): [number, number, number][] =>
  upTo(batch).flatMap(n =>
    upTo(Math.ceil(output[0] / positions)).flatMap(p =>
      upTo(Math.ceil(output[1] / positions)).map((q): [number, number, number] => [n, p, q]),
    ),
  )

/** A square of `size` places of an image [batch,..size,channels], zeros beyond. */
const square = (
  values: ArrayLike<number>,
  [height, width]: readonly [number, number],
  channels: number,
  [n, top, left]: readonly [number, number, number],
  size: number,
  c: number,
): number[][] =>
  upTo(size).map(i =>
    upTo(size).map(j => {
      const [y, x] = [top + i, left + j]
      const inside = y >= 0 && y < height && x >= 0 && x < width
      return inside ? values[((n * height + y) * width + x) * channels + c] : 0
    }),
  )

/**
 * What minimal filtering computes, in float64: by its matrices, or with `abs` by their absolute values, on absolute
 * values. That is the most that a relative error of each step can add up to.
 */
const matrices = ({ positions, taps }: Tiling, abs: boolean) => {
  const { A, B, G } = minimal(positions, taps)
  const of = (M: Matrix): Matrix => (abs ? M.map(row => row.map(Math.abs)) : M)
  return { A: of(A), B: of(B), G: of(G) }
}

/** z[batch,..output,O] of x[batch,..input,C] and w[taps,taps,C,O]. */
export function convolved(t: Tiling, x: Float64Array, w: Float64Array, abs = false): Float64Array {
  const { A, B, G } = matrices(t, abs)
  const { taps, channels, outChannels, output, positions, padding } = t
  const [points, z] = [B.length, new Float64Array(t.batch * output[0] * output[1] * outChannels)]
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
  for (const [n, p, q] of tilesOf(t)) {
    const at = [n, p * positions - padding[0], q * positions - padding[1]] as const
    const inputs = upTo(channels).map(c => both(B, square(values[0], t.input, channels, at, points, c)))
    for (let o = 0; o < outChannels; o++) {
      const sums = upTo(points).map(i =>
        upTo(points).map(j => inputs.reduce((sum, v, c) => sum + v[i][j] * weights[c][o][i][j], 0)),
      )
      both(A, sums).forEach((row, i) => {
        row.forEach((value, j) => {
          const [y, x] = [p * positions + i, q * positions + j]
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
  const { A, B, G } = matrices(t, abs)
  const { taps, channels, outChannels, output, positions, padding } = t
  const [points, dw] = [B.length, new Float64Array(taps ** 2 * channels * outChannels)]
  const values = abs ? [x.map(Math.abs), dz.map(Math.abs)] : [x, dz]
  const sums = upTo(channels).map(() => upTo(outChannels).map(() => new Float64Array(points ** 2)))
  for (const [n, p, q] of tilesOf(t)) {
    const [row, column] = [p * positions, q * positions]
    const at = [n, row - padding[0], column - padding[1]] as const
    const inputs = upTo(channels).map(c =>
      both(B, square(values[0], t.input, channels, at, points, c)).flat(),
    )
    const outputs = upTo(outChannels).map(o =>
      both(transposed(A), square(values[1], output, outChannels, [n, row, column], positions, o)).flat(),
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
