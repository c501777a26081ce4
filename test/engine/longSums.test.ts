import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend, Convolution, NDArray } from '../../engine/backends/backend.ts'
import { generator, type Shape } from '../../engine/index.ts'
import { subjects } from '../support/backends.ts'

/** Output channels: a whole tile of 16 and one of 4, where there are such. */
const OUT = 20

/** A convolution without padding; its output has one place a side less than `size` for each tap beyond one. */
function geometry(batch: number, size: number, kernel: number, inChannels: number): Convolution {
  const output = size - kernel + 1
  return {
    ...{ kernel: [kernel, kernel], stride: [1, 1], padding: [0, 0], dilation: [1, 1] },
    ...{ input: [size, size], output: [output, output], batch, groups: 1, inChannels, outChannels: OUT },
  }
}

/** Arrays of one number: of the terms' value v, or another. */
type Filled = (value: number | 'v', shape: Shape) => NDArray

interface Sum {
  readonly name: string
  /** Terms. */
  readonly n: number
  run(k: Backend, of: Filled): NDArray
}

const matmul = (n: number): Sum => ({
  ...{ name: 'matmul', n },
  run: (k, of) => k.matmul(of('v', [2, n]), of(1, [n, 16]), false, false, [2, 16]),
})

const conv2dWeight = (batch: number, size: number): Sum => ({
  ...{ name: 'conv2dWeight', n: batch * size * size },
  run: (k, of) => {
    const g = geometry(batch, size, 1, 1)
    return k.conv2dWeight(of('v', [batch, size, size, 1]), of(1, [batch, size, size, OUT]), g)
  },
})

const conv2d = (kernel: number, channels: number): Sum => ({
  ...{ name: 'conv2d', n: kernel * kernel * channels },
  run: (k, of) => {
    const g = geometry(1, 8, kernel, channels)
    return k.conv2d(of('v', [1, 8, 8, channels]), of(1, [kernel, kernel, channels, OUT]), g)
  },
})

const reduce = (n: number): Sum => ({
  ...{ name: 'reduce sum', n },
  run: (k, of) => k.reduce('sum', of('v', [n]), [0]),
})

const SUMS: readonly Sum[] = [
  ...[384, 1000, 3136, 4096, 100_352].map(matmul),
  ...[conv2dWeight(4, 14), conv2dWeight(4, 32), conv2dWeight(128, 28)],
  ...[conv2d(3, 64), conv2d(5, 64), conv2d(8, 64), conv2d(5, 512)],
  ...[100, 4096, 1_000_000].map(reduce),
]

// Of equal terms, since each is then rounded to the same side: chance, which lets long sums look better than they are,
// has no part in it.
describe.each(subjects())('$name: sums of many equal terms stay within the tolerance', subject => {
  let k: Backend
  beforeAll(async () => {
    k = await subject.create()
  })

  it.each(SUMS)('$name of $n', async ({ n, run }) => {
    const rng = generator(n)
    for (let i = 0; i < 20; i++) {
      const v = Math.fround(rng.uniform(0.5, 1))
      const made: NDArray[] = []
      const z = run(k, (value, shape) => {
        made.push(k.fill(value === 'v' ? v : value, shape, 'float32'))
        return made[made.length - 1]
      })
      const [sum] = await k.read(z)
      expect(Math.abs(sum / (n * v) - 1)).toBeLessThan(subject.tolerance)
      for (const x of [...made, z]) k.free(x.buffer)
    }
  })
})
