import { describe, expect, it } from 'vitest'
import { createWasm, type Wasm } from '../../../engine/backends/wasm/index.ts'
import {
  generator,
  noGrad,
  parameter,
  randn,
  type Tensor,
  tidy,
  valueAndGrad,
} from '../../../engine/index.ts'

const MIB = 2 ** 20

/** A least-squares problem of some 300 kB a step: `step` moves W and gives the loss. */
function training(backend: Wasm) {
  const rng = generator(1)
  const x = randn([128, 64], rng, { backend })
  const y = randn([128, 256], rng, { backend })
  const W = parameter(randn([64, 256], rng, { backend, std: 0.01 }))
  const loss = (): Tensor => {
    const off = x.matmul(W).sub(y)
    return off.mul(off).mean()
  }
  return () => {
    const { value, grads } = valueAndGrad(loss, { W })
    noGrad(() => W.assign(W.sub(grads.W.mul(50))))
    return value
  }
}

describe('memory of a training', () => {
  it('with tidy is the same after each step', () => {
    const backend = createWasm({ threads: 1 })
    const step = training(backend)
    const used = Array.from({ length: 20 }, () => {
      tidy(() => step().item())
      return backend.used
    })
    expect(new Set(used).size).toBe(1)
  })

  it('without tidy stays within the budget, and the numbers are the same', () => {
    const [tidied, loose] = [{}, { limit: 32 * MIB, budget: 4 * MIB }].map(options => {
      return createWasm({ ...options, threads: 1 })
    })
    const [a, b] = [training(tidied), training(loose)]
    for (let i = 0; i < 300; i++) {
      const value = tidy(() => a().item())
      expect(b().item()).toBe(value)
    }
    expect(loose.used).toBeLessThan(6 * MIB)
  })

  it('at its limit is an error that says so, and a release makes room', () => {
    const backend = createWasm({ limit: 8 * MIB, threads: 1 })
    const x = randn([MIB / 4], generator(1), { backend })
    const held: Tensor[] = []
    const fill = (): void =>
      tidy(() => {
        for (;;) held.push(x.exp())
      })
    expect(fill).toThrow(
      /^wasm: out of memory: 1.0 MiB asked for, \d.\d of 8.0 MiB in use; release tensors or use tidy$/,
    )
    expect(held.length).toBeGreaterThan(4)
    expect(held.every(t => t.disposed)).toBe(true)
    const used = backend.used
    const z = x.exp()
    expect(z.dataSync()[0]).toBeCloseTo(Math.exp(x.dataSync()[0]), 5)
    z.dispose()
    expect(() => z.dispose()).toThrow(`dispose: float32[${MIB / 4}] was disposed before`)
    expect(() => z.exp()).toThrow('its memory was released')
    expect(backend.used).toBe(used)
  })
  it('goes with the backend, and what computes on it then throws', () => {
    const disposed = 'wasm: this backend was disposed'
    const backend = createWasm({ threads: 2 })
    const x = randn([MIB], generator(1), { backend })
    x.exp().dataSync()
    backend[Symbol.dispose]()
    expect(backend.used).toBe(0)
    expect(() => x.exp()).toThrow(disposed)
    expect(() => x.dataSync()).toThrow(disposed)
    expect(() => randn([1], generator(1), { backend })).toThrow(disposed)
    expect(() => backend.dispose()).not.toThrow()
    x.dispose()
  })
})
