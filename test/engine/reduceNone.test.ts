import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gem, grad, max, min, ones, prod, sum, type Tensor, tensor } from '../../engine/index.ts'

const OF_NONE: Readonly<
  Record<string, readonly [value: number, f: (x: Tensor, keepDims: boolean) => Tensor]>
> = {
  prod: [1, (x, keepDims) => prod(x, { axis: 0, keepDims })],
  'max with initial': [-Infinity, (x, keepDims) => max(x, { axis: 0, keepDims, initial: -Infinity })],
  'min with initial': [2.5, (x, keepDims) => min(x, { axis: 0, keepDims, initial: 2.5 })],
}

describe.each(Object.entries(OF_NONE))('%s of no elements', (_, [value, f]) => {
  it('is its neutral element, with an empty gradient', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        fc.boolean(),
        fc.constantFrom('float32' as const, 'float64' as const),
        (n, keepDims, dtype) => {
          const x = tensor([], { shape: [0, n], dtype, requiresGrad: true })
          const z = f(x, keepDims)
          expect([z.shape, z.dtype]).toEqual([keepDims ? [1, n] : [n], dtype])
          expect([...z.dataSync()]).toEqual(Array.from({ length: n }, () => value))
          expect(grad(sum(z), x).shape).toEqual([0, n])
        },
      ),
      { numRuns: 20 },
    )
  })
})

it('gem names itself where an image has no place', () => {
  expect(() => gem(ones([1, 0, 2, 1]), ones([1]))).toThrow(
    'gem: an image with a place expected, got [1,0,2,1]',
  )
})

it('gem refuses what float32 has for 0 as the least that x is taken for', () => {
  const x = tensor([[[[0], [-1]]]], { dtype: 'float32' })
  expect(() => gem(x, ones([1]), { eps: 1e-60 })).toThrow(
    'gem: eps as a number of float32 above 0 expected, got 1e-60',
  )
  expect(() => gem(undefined as never, ones([1]))).toThrow(/^gem: x as a tensor/)
})
