import { afterEach, describe, expect, it, vi } from 'vitest'
import { reference } from '../../../engine/backends/reference/index.ts'
import { backend, defaultBackend } from '../../../engine/backends/registry.ts'
import { canThread, defaultThreads, thisHost } from '../../../engine/backends/wasm/features.ts'
import { createWasm, wasm } from '../../../engine/backends/wasm/index.ts'
import { ones, setBackend, setThreads, tensor } from '../../../engine/index.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  setBackend('auto')
})

describe('without SIMD', () => {
  const host = { simd: false, fma: false }

  it('auto is the reference, and wasm an error', () => {
    expect(backend('auto', { host })).toBe(reference)
    expect(() => backend('wasm', { host })).toThrow(
      'backend: wasm does not run here: it needs WebAssembly with SIMD',
    )
  })

  it('is what a host shows that refuses the module', async () => {
    vi.stubGlobal('WebAssembly', { ...WebAssembly, validate: () => false })
    vi.resetModules()
    const fresh = await import('../../../engine/backends/wasm/features.ts')
    expect(fresh.thisHost()).toEqual(host)
    vi.stubGlobal('WebAssembly', undefined)
    vi.resetModules()
    const without = await import('../../../engine/backends/wasm/features.ts')
    expect(without.thisHost()).toEqual(host)
  })
})

describe('with SIMD', () => {
  it('auto is wasm, one in a process, and the reference for float64', () => {
    expect(thisHost()).toMatchObject({ simd: true })
    expect(backend()).toBe(wasm())
    expect(backend('wasm')).toBe(wasm())
    expect(defaultBackend()).toBe(wasm())
    expect(backend('auto', { dtype: 'float64' })).toBe(reference)
    expect(tensor([1]).backend).toBe(wasm())
    expect(ones([1], { dtype: 'float64' }).backend).toBe(reference)
  })

  it('float64 on wasm by name is an error', () => {
    setBackend('wasm')
    expect(() => ones([1], { dtype: 'float64' })).toThrow(
      'ones: backend wasm holds float32, int32, got float64',
    )
  })
})

describe('threads', () => {
  it('are at most one a core by default, and setThreads changes them', () => {
    const n = wasm().threads
    expect(n).toBe(defaultThreads())
    setThreads(3)
    expect(wasm().threads).toBe(3)
    expect(() => setThreads(0)).toThrow('setThreads: an integer >= 1 expected, got 0')
    setThreads(n)
  })

  it.each([
    [
      "a browser's main thread",
      () => {
        const refuse = (): never => {
          throw new TypeError('Atomics.wait cannot be called in this context')
        }
        vi.stubGlobal('Atomics', { wait: refuse })
      },
    ],
    ['a page without isolation', () => vi.stubGlobal('SharedArrayBuffer', undefined)],
  ])('are one on %s, with the same results', (_, stub) => {
    stub()
    expect(canThread()).toBe(false)
    const alone = createWasm()
    expect(alone.threads).toBe(1)
    const x = alone.fill(-1, [1_000_000], 'float32')
    expect(alone.readSync(alone.unary('abs', x)).every(v => v === 1)).toBe(true)
    expect(() => {
      alone.threads = 2
    }).toThrow("setThreads: 1 expected on a browser's main thread or without isolation, got 2")
  })
})
