import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend, Convolution, DType, NDArray } from '../../engine/backends/backend.ts'
import { full, gather, generator, type Shape, scatterAdd as scatter, vjp, zeros } from '../../engine/index.ts'
import { subjects } from '../support/backends.ts'

/** Output channels: a whole tile of 16 and one of 4, where there are such. */
const OUT = 20

/** A convolution without padding; its output has one place a side less than `size` for each tap beyond one. */
function geometry(batch: number, size: number, kernel: number, inChannels: number): Convolution {
  const output = size - kernel + 1
  return {
    kernel: [kernel, kernel],
    stride: [1, 1],
    padding: [0, 0],
    dilation: [1, 1],
    input: [size, size],
    output: [output, output],
    batch,
    groups: 1,
    inChannels,
    outChannels: OUT,
  }
}

/** Arrays of one number: of the terms' value v, or another. */
type Filled = (value: number | 'v', shape: Shape, dtype?: DType) => NDArray

/** A sum of so many terms takes as long as all others, and rounds by the same loop as they do: few draws tell enough. */
const LONG = 50_000

interface Sum {
  readonly name: string
  /** Terms. */
  readonly n: number
  /** What the result is, times v. Default n. */
  readonly scale?: number
  /** Where it stands. Default first. */
  readonly at?: number
  /** How many v are drawn. Default 20, and 4 for sums of more than LONG terms. */
  readonly draws?: number
  run(k: Backend, of: Filled): NDArray
}

const matmul = (n: number): Sum => ({
  name: 'matmul',
  n,
  run: (k, of) => k.matmul(of('v', [2, n]), of(1, [n, 16]), false, false, [2, 16]),
})

const conv2dWeightGrad = (batch: number, size: number): Sum => ({
  name: 'conv2dWeightGrad',
  n: batch * size * size,
  run: (k, of) => {
    const g = geometry(batch, size, 1, 1)
    return k.conv2dWeightGrad(of('v', [batch, size, size, 1]), of(1, [batch, size, size, OUT]), g)
  },
})

const conv2d = (kernel: number, channels: number): Sum => ({
  name: 'conv2d',
  n: kernel * kernel * channels,
  run: (k, of) => {
    const size = Math.max(8, kernel)
    const g = geometry(1, size, kernel, channels)
    return k.conv2d(of('v', [1, size, size, channels]), of(1, [kernel, kernel, channels, OUT]), g)
  },
})

const reduce = (n: number): Sum => ({
  name: 'reduce sum',
  n,
  run: (k, of) => k.reduce('sum', of('v', [n]), [0], []),
})

/** One place takes all. */
const scatterAdd = (n: number, draws = 20): Sum => ({
  name: 'scatterAdd',
  n,
  draws,
  run: (k, of) => k.scatterAdd(of(0, [2]), of(1, [n], 'int32'), of('v', [n]), 0),
  at: 1,
})

/** A window alone. */
const avgPool2d = (kernel: number): Sum => ({
  name: 'avgPool2d',
  n: kernel ** 2,
  scale: 1,
  run: (k, of) => k.avgPool2d(of('v', [1, kernel, kernel, 2]), geometry(1, kernel, kernel, 2)),
})

/** As many windows as places, all of which hold the place in the middle: n windows of n places, which few draws make up for. */
const middle = (kernel: number) => ({
  n: kernel ** 2,
  at: (kernel - 1) * 2 * kernel,
  draws: kernel > 8 ? 1 : 4,
  g: geometry(1, 2 * kernel - 1, kernel, 1),
})

const avgPool2dGrad = (kernel: number): Sum => {
  const { g, ...rest } = middle(kernel)
  return {
    name: 'avgPool2dGrad',
    scale: 1,
    ...rest,
    run: (k, of) => k.avgPool2dGrad(of('v', [1, kernel, kernel, 1]), g),
  }
}

const maxPool2dGrad = (kernel: number): Sum => {
  const { g, ...rest } = middle(kernel)
  return {
    name: 'maxPool2dGrad',
    ...rest,
    run(k, of) {
      // Ones, and 2 in the middle.
      const peak = k.interiorPad(
        of(2, [1, 1, 1, 1]),
        [0, kernel - 1, kernel - 1, 0],
        [1, 1, 1, 1],
        [1, ...g.input, 1],
        1,
      )
      const z = k.maxPool2dGrad(of('v', [1, kernel, kernel, 1]), peak, g)
      k.free(peak.buffer)
      return z
    },
  }
}

const conv2dInputGrad = (kernel: number): Sum => {
  const { g, n, ...rest } = middle(kernel)
  return {
    name: 'conv2dInputGrad',
    n: n * OUT,
    ...rest,
    run: (k, of) => k.conv2dInputGrad(of('v', [1, kernel, kernel, OUT]), of(1, [kernel, kernel, 1, OUT]), g),
  }
}

const SUMS: readonly Sum[] = [
  ...[384, 1000, 3136, 4096, 100_352].map(matmul),
  ...[conv2dWeightGrad(4, 14), conv2dWeightGrad(4, 32), conv2dWeightGrad(128, 28), conv2dWeightGrad(1, 300)],
  ...[conv2d(3, 64), conv2d(5, 64), conv2d(8, 64), conv2d(5, 512), conv2d(64, 1), conv2d(96, 1)],
  ...[8, 24].map(conv2dInputGrad),
  ...[100, 4096, 1_000_000].map(reduce),
  ...[scatterAdd(100), scatterAdd(10_000), scatterAdd(1_000_000, 2)],
  ...[7, 56, 224].map(avgPool2d),
  ...[7, 56].map(avgPool2dGrad),
  ...[7, 56].map(maxPool2dGrad),
]

// Of equal terms, since each is then rounded to the same side: chance, which lets long sums look better than they are,
// has no part in it.
describe.each(subjects())('$name: sums of many equal terms stay within the tolerance', subject => {
  let k: Backend
  beforeAll(async () => {
    k = await subject.create()
  })

  it.each(SUMS)('$name of $n', async ({ n, scale = n, at = 0, draws = n > LONG ? 4 : 20, run }) => {
    const rng = generator(n)
    for (let i = 0; i < draws; i++) {
      const v = Math.fround(rng.uniform(0.5, 1))
      const made: NDArray[] = []
      const z = run(k, (value, shape, dtype = 'float32') => {
        made.push(k.fill(value === 'v' ? v : value, shape, dtype))
        return made[made.length - 1]
      })
      const sum = (await k.read(z))[at]
      expect(Math.abs(sum / (scale * v) - 1)).toBeLessThan(subject.tolerance)
      for (const x of [...made, z]) k.free(x.buffer)
    }
  })

  it.each([
    [10_000, 1000],
    [1_000_000, 100_000],
  ])('%i times 0.1 into one place; and as the gradient of gather', async (n, right) => {
    const on = { backend: k }
    const x = zeros([1], on)
    const index = zeros([n], { ...on, dtype: 'int32' })
    const tenths = full([n], 0.1, on)
    const added = scatter(x, index, tenths)
    const [gradient] = vjp(([x]) => gather(x, index), [x]).pull(tenths)
    for (const z of [added, gradient]) {
      expect(Math.abs((await z.data())[0] / right - 1)).toBeLessThan(subject.tolerance)
    }
  })
})
