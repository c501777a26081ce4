import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Unary } from '../../engine/backends/backend.ts'
import type { Gpu } from '../../engine/backends/gpu/index.ts'
import { UNARY } from '../../engine/backends/reference/elementwise.ts'
import {
  avgPool2d,
  cos,
  full,
  generator,
  logSumExp,
  matmul,
  maxPool2d,
  sin,
  softmax,
  type Tensor,
  tensor,
} from '../../engine/index.ts'
import { gpuSubjects } from '../support/backends.ts'

const FUNCTIONS = Object.keys(UNARY) as Unary[]

/** GLSL ES 1.00 knows no bits: there what is below the normal numbers is 0. */
const FLUSHES = new Set(['webgl', 'headlessgl'])

describe.each(gpuSubjects())('$name, at the edges of float32', ({ create, mode }) => {
  let backend: Gpu
  beforeAll(async () => {
    backend = await create()
  })
  const on = (values: readonly number[] | Float32Array): Tensor => tensor(values, { backend })

  it.each(FUNCTIONS)('%s of NaN, of infinities and of zeros, with its sign', async f => {
    const x = [Number.NaN, Infinity, -Infinity, 0, -0, -1, 2]
    const z = await backend.read(backend.unary(f, on(x).array))
    const right = x.map(v => Math.fround(UNARY[f](v)))
    x.forEach((v, i) => {
      // Where there are digits, how many are right is the parity tests' affair.
      const digits = Number.isFinite(right[i]) && right[i] !== 0
      if (digits) expect(Math.abs(z[i] / right[i] - 1), `${f}(${v})`).toBeLessThan(1e-5)
      else expect([f, v, z[i]]).toEqual([f, v, right[i]])
    })
  })

  it('sin and cos of numbers of all sizes', async () => {
    const rng = generator(1)
    const drawn = Float32Array.from({ length: 20_000 }, () => rng.uniform(-1, 1) * 10 ** rng.uniform(0, 38.5))
    const x = Float32Array.of(1e10, -1e10, 9999.5, 10_000.5, 16_777_216, 3.4028235e38, ...drawn)
    const [s, c] = [await sin(on(x)).data(), await cos(on(x)).data()]
    expect([s[0], c[0]].map(v => v.toFixed(6))).toEqual(['-0.487506', '0.873120'])
    const off = x.map((v, i) => Math.max(Math.abs(s[i] - Math.sin(v)), Math.abs(c[i] - Math.cos(v))))
    // Half a rounding near 1 is 3e-8; the polynomials and the angle add two or three.
    expect(Math.max(...off)).toBeLessThan(1.5e-7)
  })

  it('sign of the least numbers', async () => {
    const one = FLUSHES.has(mode) ? 0 : 1
    expect([...(await on([1e-40, -1e-40, 1.2e-38, -1.2e-38]).sign().data())].map(v => v + 0)).toEqual(
      [one, -one, 1, -1].map(v => v + 0),
    )
  })

  it('max, min and argmax find a NaN wherever it lies', async () => {
    for (const n of [1, 2, 7, 257, 1000]) {
      const rng = generator(n)
      for (const at of new Set([0, n - 1, rng.integer(0, n - 1), rng.integer(0, n - 1)])) {
        const x = Float32Array.from({ length: n }, () => rng.uniform(-1, 1))
        x[at] = Number.NaN
        if (at + 3 < n) x[at + 3] = Number.NaN
        const t = on(x)
        for (const z of [t.max(), t.min()]) expect([...(await z.data())]).toEqual([Number.NaN])
        expect([...(await t.argmax(0).data())]).toEqual([at])
      }
    }
  })

  it('loops that a device ends before their time are refused, or right', async () => {
    const x = full([1, 260, 260, 1], 0.5, { backend })
    const ask = () => avgPool2d(x, 260)
    try {
      expect([...(await ask().data())]).toEqual([0.5])
    } catch (error) {
      expect(String(error)).toMatch(
        /^Error: avgPool2d: at most \d+ turns of loops expected, since the device ends/,
      )
    }
    expect([...(await avgPool2d(on([1, 2, 3, 6]).reshape([1, 2, 2, 1]), 2).data())]).toEqual([3])
  })

  it('a call that is too large gives back what it took', async () => {
    const { used } = backend
    const [x, w] = [
      [1, 2 ** 22 + 4],
      [2 ** 22 + 4, 3],
    ].map(shape => full(shape, 1, { backend }))
    try {
      // Three columns lie in memory as four: more elements than there may be.
      matmul(x, w).dispose()
    } catch (error) {
      expect(String(error)).toMatch(/^Error: gpu: at most 16777216 elements expected/)
    }
    for (const t of [x, w]) t.dispose()
    // What other tests left to the garbage collector may go meanwhile.
    await vi.waitFor(() => expect(backend.used).toBeLessThanOrEqual(used), 10_000)
  })

  it('what has no value is NaN', async () => {
    const none = Array.from({ length: 5 }, () => Number.NaN)
    expect([...(await softmax(on(none.map(() => -Infinity))).data())]).toEqual(none)
    expect([...(await softmax(on([1, Number.NaN, 2, 3, 4])).data())]).toEqual(none)
    expect([...(await logSumExp(on([1, 2, Infinity, Number.NaN])).data())]).toEqual([Number.NaN])
    const image = on([1, 2, 3, Number.NaN]).reshape([1, 2, 2, 1])
    expect([...(await maxPool2d(image, 2).data())]).toEqual([Number.NaN])
  })
})
