import { expect, test } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { held, hold } from '../../engine/hold.ts'
import { full, mul, type Tensor, tidy } from '../../engine/index.ts'

test('what is held is in no scope, stays in memory, and the rest is released', () => {
  const wasm = createWasm({ threads: 1, budget: 0 })
  const x = full([100], 3, { backend: wasm })
  expect(wasm.used).toBe(0)
  const others: Tensor[] = []
  const twice = tidy(() => {
    const made = held(() => {
      others.push(mul(x, 5))
      return mul(x, 2)
    })
    // A plain number as the result: no tensor leaves this scope by it.
    return { made: () => made }
  }).made()
  expect(others[0].disposed).toBe(true)
  expect(twice.dataSync()).toEqual(new Float32Array(100).fill(6))
  const one = wasm.used
  expect(one).toBeGreaterThanOrEqual(400)
  hold(x)
  expect(wasm.used).toBe(2 * one)
  for (const t of [twice, x]) t.dispose()
  expect(wasm.used).toBe(0)
  expect(() => hold(x)).toThrow('its memory was released')
})

test('what throws leaves nothing behind', () => {
  const wasm = createWasm({ threads: 1 })
  expect(() =>
    held(() => {
      full([100], 3, { backend: wasm })
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(wasm.used).toBe(0)
})
