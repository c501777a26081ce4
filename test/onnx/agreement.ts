import { expect } from 'vitest'
import type { Tensor } from '../../engine/index.ts'

/**
 * Both round each product to 6e-8 of it and add hundreds of them, in another order, layer after layer; where terms cancel,
 * what remains is as exact as the largest. The project promises 1e-5 of the largest number of the batch, or of 0.1.
 */
const TOLERANCE = 1e-5

export function expectAgreement(actual: Tensor, expected: Tensor): void {
  expect(actual.shape).toEqual(expected.shape)
  const [a, e] = [actual.dataSync(), expected.dataSync()]
  let scale = 0.1
  for (const v of e) scale = Math.max(scale, Math.abs(v))
  a.forEach((v, i) => {
    if (!(Math.abs(v - e[i]) <= TOLERANCE * scale)) expect.fail(`element ${i}: ${e[i]} expected, got ${v}`)
  })
}
