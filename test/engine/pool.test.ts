import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { avgPool2d, Generator, grad, maxPool2d, ones, sum, tensor } from '../../engine/index.ts'
import { seeds } from '../../engine/testing/index.ts'
import { expectClose } from '../support/close.ts'
import { generate, random, reader } from '../support/numbers.ts'
import { check } from '../support/property.ts'

type Line = readonly number[]
const total = (xs: Line): number => xs.reduce((a, b) => a + b, 0)

describe('pooling', () => {
  const windows = fc.record({
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    seed: seeds(),
  })

  test('is max and mean over each window, padding never winning and counting as zeros', () => {
    check(
      fc.property(windows, ({ kernel, stride, seed }) => {
        const padding = kernel > 1 ? seed % 2 : 0
        const x = random([2, 4, 5, 2], seed)
        const read = reader(x)
        const over = (fold: (xs: Line, area: number) => number) => {
          const [p, q] = [4, 5].map(n => Math.floor((n + 2 * padding - kernel) / stride) + 1)
          return generate([2, p, q, 2], ([n, i, j, c]) => {
            const values: number[] = []
            for (let a = 0; a < kernel; a++) {
              for (let b = 0; b < kernel; b++) {
                const [h, v] = [i * stride + a - padding, j * stride + b - padding]
                if (h >= 0 && h < 4 && v >= 0 && v < 5) values.push(read([n, h, v, c]))
              }
            }
            return fold(values, kernel * kernel)
          })
        }
        expectClose(
          maxPool2d(x, kernel, { stride, padding }),
          over(xs => Math.max(...xs)),
          0,
        )
        expectClose(
          avgPool2d(x, kernel, { stride, padding }),
          over((xs, area) => total(xs) / area),
          1e-15,
        )
      }),
    )
  })

  test('the stride is the kernel by default; what has no tap on the image has no largest and no mean', () => {
    const x = ones([1, 4, 4, 1])
    expect(maxPool2d(x, 2).shape).toEqual([1, 2, 2, 1])
    expect(() => maxPool2d(x, 2, { padding: 2 })).toThrow(/^maxPool2d: windows that reach the image/)
    const alone = { padding: 2, countIncludePad: false }
    expect(() => avgPool2d(x, 2, alone)).toThrow(/^avgPool2d: windows that reach the image/)
    expect(avgPool2d(x, 2, { padding: 2 }).dataSync()[0]).toBe(0)
    expect(() => maxPool2d(ones([4, 4]), 2)).toThrow(/maxPool2d: .*x has rank 4, got shape \[4,4\]/)
  })
  test('the largest is NaN wherever it stands, and the first NaN gets the gradient', () => {
    check(
      fc.property(seeds(), seed => {
        const rng = new Generator(seed)
        const shape = [1, rng.integer(2, 4), rng.integer(2, 4), rng.integer(1, 9)]
        const [, height, width, channels] = shape
        const values = random(shape, seed).dataSync()
        const at = rng.integer(0, values.length - 1)
        values[at] = Number.NaN
        values[rng.integer(0, at)] = Infinity
        values[at] = Number.NaN
        const x = tensor(values, { shape, requiresGrad: true })
        const y = maxPool2d(x, [height, width])
        const gradient = grad(sum(y), { x }).x.dataSync()
        expect(Number.isNaN(y.dataSync()[at % channels])).toBe(true)
        expect(y.dataSync().filter(Number.isNaN)).toHaveLength(1)
        expect(gradient[at]).toBe(1)
        expect(total([...gradient])).toBe(channels)
      }),
    )
  })

  test('a window that dilation carries over the whole image is refused', () => {
    expect(() => maxPool2d(ones([1, 2, 2, 1]), 2, { padding: 1, dilation: 3 })).toThrow(
      'maxPool2d: windows that reach the image expected, got one from -1 on in steps of 3 for a size of 2',
    )
    expect(() => maxPool2d(ones([1, 0, 3, 1]), 2, { padding: 1 })).toThrow('windows that reach the image')
    expect(maxPool2d(ones([1, 3, 3, 1]), 2, { padding: 1, dilation: 3 }).shape).toEqual([1, 1, 1, 1])
  })

  test('of the windows that there are, none behind the last', () => {
    const options = { stride: 1, padding: 'same', dilation: 2 } as const
    expect(maxPool2d(tensor([[[[5]]]]), 3, options).toArray()).toEqual([[[[5]]]])
    const x = tensor([1, 2], { shape: [1, 2, 1, 1] })
    expect(maxPool2d(x, [3, 1], { ...options, dilation: 3 }).toArray()).toEqual(x.toArray())
  })
})
