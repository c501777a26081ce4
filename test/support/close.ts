import { expect } from 'vitest'
import { type Nested, Tensor, tensor } from '../../engine/index.ts'

/** Every element within `tolerance` of what is expected, relative to its size where that is above 1; same shape. */
export function expectClose(actual: Tensor, expected: Tensor | Nested, tolerance = 1e-12, what = ''): void {
  const e = expected instanceof Tensor ? expected : tensor(expected, { dtype: 'float64' })
  expect(actual.shape, `${what} shape`).toEqual(e.shape)
  const [a, b] = [actual.dataSync(), e.dataSync()]
  a.forEach((x, i) => {
    if (Object.is(x, b[i]) || x === b[i]) return
    const off = Math.abs(x - b[i])
    if (!(off <= tolerance * Math.max(1, Math.abs(b[i])))) {
      expect.fail(`${what} element ${i} of [${actual.shape}]: ${b[i]} expected, got ${x}`)
    }
  })
}

/** Every bit the same. */
export function expectSame(actual: Tensor, expected: Tensor): void {
  expect(actual.shape).toEqual(expected.shape)
  expect(actual.dtype).toBe(expected.dtype)
  expect([...actual.dataSync()]).toEqual([...expected.dataSync()])
}
