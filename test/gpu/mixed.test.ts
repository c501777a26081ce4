import { describe, expect, it, vi } from 'vitest'
import type { Gpu } from '../../engine/backends/gpu/index.ts'
import { type Generator, generator, type Tensor, tensor } from '../../engine/index.ts'
import { gpuSubjects } from '../support/backends.ts'
import type { Accuracy } from '../support/parity.ts'
import { begin, PLAIN, type Running, settle } from './calls.ts'

/** How many results wait to be looked at. */
const WAITING = 16

/** Random calls, their results looked at later and in any order. */
async function mixed(backend: Gpu, calls: number, accuracy: Accuracy, rng: Generator): Promise<void> {
  const running: Running[] = []
  const settleOne = (): Promise<void> => {
    const [one] = running.splice(rng.integer(0, running.length - 1), 1)
    return settle(backend, one, accuracy, rng)
  }
  for (let i = 0; i < calls; i++) {
    running.push(begin(backend, PLAIN[rng.integer(0, PLAIN.length - 1)], rng))
    if (running.length > WAITING) await settleOne()
  }
  while (running.length > 0) await settleOne()
}

describe.each(gpuSubjects())('$name', ({ create, ...accuracy }) => {
  it('1,000 mixed calls of random shapes: right, and no memory stays', async () => {
    const [backend, rng] = [await create(), generator(1)]
    const { used } = backend
    await mixed(backend, 500, accuracy, rng)
    const { kernels } = backend
    await mixed(backend, 500, accuracy, rng)
    // By what they compute and how many axes, not by sizes.
    expect(backend.kernels).toBeLessThan(3 * PLAIN.length)
    expect(backend.kernels - kernels).toBeLessThan(kernels / 5)
    // The last to be given back may still stand in the queue.
    await vi.waitFor(() => expect(backend.used).toBe(used))
  })
})

// On a processor there is no device to lose, and headlessgl knows no way to.
const losable = gpuSubjects().filter(({ mode }) => mode.startsWith('web') && mode !== 'webasm')

describe.each(losable)('$name, when the device is lost', ({ create, ...accuracy }) => {
  it('says so once, and goes on with what is made from then on', async () => {
    const [backend, rng] = [await create(), generator(2)]
    const lost = /^gpu: .* lost: tensors made before are gone/
    await mixed(backend, 50, accuracy, rng)
    const x = tensor([1, 2, 3], { backend })
    const asked = x.mul(x)
    backend.lose()
    await expect(asked.data()).rejects.toThrow(lost)
    const made = async (x: Tensor): Promise<number[]> => [...(await x.add(1).data())]
    expect(await made(tensor([1, 2, 3], { backend }))).toEqual([2, 3, 4])
    await expect(made(x)).rejects.toThrow(lost)
    for (const t of [x, asked]) t.dispose()
    await mixed(backend, 200, accuracy, rng)
  })
})
