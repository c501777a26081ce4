import { describe, expect, test } from 'vitest'
import { exp, ones, parameter, tensor } from '../../engine/index.ts'
import { counting } from '../support/counting.ts'
import { f64 } from '../support/numbers.ts'
import { onReference } from '../support/onReference.ts'

onReference()

describe('assign', () => {
  test('takes over the values, shares the memory, and counts', () => {
    const w = parameter([1, 2])
    const next = tensor([3, 4])
    w.assign(next)
    next.dispose()
    expect(w.toArray()).toEqual([3, 4])
    expect(w.version).toBe(1)
  })

  test('of itself changes nothing', () => {
    const { backend, freed } = counting()
    const w = parameter([1, 2], { backend })
    w.assign(w)
    expect(w.toArray()).toEqual([1, 2])
    expect(freed).toEqual([])
  })

  test.each<[string, () => unknown, RegExp]>([
    [
      'another shape',
      () => parameter([1, 2]).assign(ones([3])),
      /assign: float32\[2\] on reference expected, got float32\[3\]/,
    ],
    [
      'another dtype',
      () => parameter([1, 2]).assign(f64([1, 2])),
      /assign: float32\[2\] on reference expected, got float64\[2\]/,
    ],
    [
      'another backend',
      () => parameter([1, 2]).assign(ones([2], { backend: counting().backend })),
      /got float32\[2\] on counting/,
    ],
    [
      'what an op made',
      () => exp(parameter([1])).assign(ones([1])),
      /assign: only a tensor that no op made can be assigned to/,
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(message)
  })
})
