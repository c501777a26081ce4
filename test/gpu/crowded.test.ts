import { describe, expect, it } from 'vitest'
import { full, matmul, ones, tidy } from '../../engine/index.ts'
import { gpuSubjects } from '../support/backends.ts'

/** More than the kernels that are kept for products of their sizes, and calls after which there is one. */
const [SIZES, CALLS] = [135, 3]

describe.each(gpuSubjects())('$name', ({ create }) => {
  it('products of many sizes, each often: kernels that make room leave memory alone', async () => {
    const backend = await create()
    const wrong: number[] = []
    const multiply = async (n: number): Promise<void> => {
      const z = tidy(() => matmul(full([4 * n, 2], n, { backend }), ones([2, 3], { backend })))
      if ((await z.data()).some(v => v !== 2 * n)) wrong.push(n)
      z.dispose()
    }
    const sizes = Array.from({ length: SIZES }, (_, i) => i + 1)
    for (const n of sizes) for (let call = 0; call < CALLS; call++) await multiply(n)
    for (const n of sizes.reverse()) await multiply(n)
    expect(wrong).toEqual([])
  })
})
