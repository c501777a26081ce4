import { describe, expect, it } from 'vitest'
import type { Convolution, NDArray } from '../../../engine/backends/backend.ts'
import { BACKENDS } from '../../../engine/backends/registry.ts'
import { wasm } from '../../../engine/backends/wasm/index.ts'
import { generator, type Shape } from '../../../engine/index.ts'

const k = wasm()
const { tolerance } = BACKENDS.find(row => row.name === 'wasm') as { tolerance: number }

/** A convolution without padding; its output has one place a side less than `size` for each tap beyond one. */
function geometry(batch: number, size: number, kernel: number, inChannels: number): Convolution {
  const output = size - kernel + 1
  return {
    ...{ kernel: [kernel, kernel], stride: [1, 1], padding: [0, 0], dilation: [1, 1] },
    ...{ input: [size, size], output: [output, output], batch, groups: 1, inChannels, outChannels: 4 },
  }
}

/** Sums of n equal terms v * 1, as kernels come to them: v, n, and the sum. */
const SUMS: readonly [string, number, (of: (v: number | 'v', shape: Shape) => NDArray) => NDArray][] = [
  ...[384, 1000, 3136, 100_352].map((n): (typeof SUMS)[number] => [
    'matmul',
    n,
    of => k.matmul(of('v', [2, n]), of(1, [n, 16]), false, false, [2, 16]),
  ]),
  ...(
    [
      [4, 14],
      [128, 28],
    ] as const
  ).map(([batch, size]): (typeof SUMS)[number] => [
    'conv2dWeight',
    batch * size * size,
    of =>
      k.conv2dWeight(
        of('v', [batch, size, size, 1]),
        of(1, [batch, size, size, 4]),
        geometry(batch, size, 1, 1),
      ),
  ]),
  ...(
    [
      [3, 64],
      [5, 64],
      [5, 512],
    ] as const
  ).map(([kernel, channels]): (typeof SUMS)[number] => [
    'conv2d',
    kernel * kernel * channels,
    of =>
      k.conv2d(
        of('v', [1, 8, 8, channels]),
        of(1, [kernel, kernel, channels, 4]),
        geometry(1, 8, kernel, channels),
      ),
  ]),
  ...[100, 1_000_000].map((n): (typeof SUMS)[number] => [
    'reduce sum',
    n,
    of => k.reduce('sum', of('v', [n]), [0]),
  ]),
]

// Of equal terms, since each is then rounded to the same side: chance, which lets long sums look better than they are,
// has no part in it.
describe('sums of many equal terms stay within the tolerance', () => {
  it.each(SUMS)('%s of %i', (_, n, sum) => {
    const rng = generator(n)
    for (let i = 0; i < 20; i++) {
      const v = Math.fround(rng.uniform(0.5, 1))
      const made: NDArray[] = []
      const z = sum((value, shape) => {
        made.push(k.fill(value === 'v' ? v : value, shape, 'float32'))
        return made[made.length - 1]
      })
      expect(Math.abs(k.readSync(z)[0] / (n * v) - 1)).toBeLessThan(tolerance)
      for (const x of [...made, z]) k.free(x.buffer)
    }
  })
})
