import { describe, expect, it, vi } from 'vitest'
import { Context } from '../../engine/backends/wasm/context.ts'
import { createWasm, wasmOn } from '../../engine/backends/wasm/index.ts'
import { COMPACT } from '../../engine/backends/wasm/memory.ts'
import {
  type Backend,
  backend,
  generator,
  randn,
  setBackend,
  type Tensor,
  tidy,
  zeros,
} from '../../engine/index.ts'
import { withPeak } from '../../engine/peak.ts'
import { normFace } from '../../losses/index.ts'
import { convNet, layers, type Report, sgd, Trainer } from '../../models/index.ts'

const SIDE = 16
const CLASSES = 5

/** A trainer of a convolutional net whose tensors all lie on `on`. */
function build(on: Backend, batch = 8, again = false): Trainer {
  const plain = convNet({ dim: 4, input: [SIDE, SIDE, 1], backend: on })
  const net = again ? layers.checkpoint(plain) : plain
  const loss = normFace({ classes: CLASSES, dim: 4, backend: on })
  const x = randn([32, SIDE, SIDE, 1], generator(1), { backend: on })
  const y = Int32Array.from({ length: 32 }, (_, i) => i % CLASSES)
  const optimizer = sgd([{ parameters: net.parameters }, { parameters: loss.parameters }], { lr: 0.1 })
  return new Trainer({ net, loss, optimizer, x, y, batch })
}

async function reports(trainer: Trainer, steps: number): Promise<Report[]> {
  const all: Report[] = []
  await trainer.run({ steps, onStep: report => void all.push(report) })
  return all
}

describe('withPeak', () => {
  it.each([
    [2, 7],
    [10, 10],
  ])('gives the most bytes in use at once, to the byte; within another too: %i, %i KiB', (within, most) => {
    const on = createWasm({ threads: 1 })
    const KIB = 256
    const make = (n: number): Tensor => zeros([n * KIB], { backend: on })
    const { result, peak } = withPeak(on, () =>
      tidy(() => {
        const a = make(4)
        tidy(() => [make(1), make(2)].length)
        a.dispose()
        return withPeak(on, () => make(within)).peak
      }),
    )
    expect([result, peak, on.used]).toEqual([within * 1024, most * 1024, 0])
  })

  it('of a backend that does not count is not known, and an error ends it', () => {
    expect(withPeak(backend('reference'), () => 1)).toEqual({ result: 1 })
    const on = createWasm({ threads: 1 })
    const fails = (): never => {
      throw new Error('inside')
    }
    expect(() => withPeak(on, fails)).toThrow('inside')
    expect(withPeak(on, () => 1)).toEqual({ result: 1, peak: 0 })
  })
})

describe('the memory of a step', () => {
  it('stands in the report: what is held all the time, and what the batch takes', async () => {
    const on = createWasm({ threads: 1 })
    const [small, large] = [build(on, 8), build(on, 32)]
    const held = on.used
    const [a, b] = [(await reports(small, 3)).slice(1), (await reports(large, 3)).slice(1)]
    // The first maps of the net, [N,16,16,16]: batch norm's input and output at least are there together.
    const maps = 4 * SIDE * SIDE * 16
    for (const { peakBytes } of a) expect(peakBytes).toBeGreaterThan(held + 2 * 8 * maps)
    expect(b[0].peakBytes).toBeGreaterThan((a[0].peakBytes as number) + 2 * 24 * maps)
    // Nothing else: no more than the maps of all layers, which are less than twice the first ones' four.
    expect(b[0].peakBytes).toBeLessThan(held + 8 * 32 * maps)
  })

  it.each([false, true])(
    'does not grow from step to step, and nothing is left behind: checkpoint %s',
    async again => {
      const context = new Context({ threads: 1 })
      const [on, { memory }] = [wasmOn(context), context]
      const trainer = build(on, 8, again)
      await reports(trainer, 5)
      const [used, { byteLength }] = [on.used, memory.shared.buffer]
      const all = await reports(trainer, 40)
      // The collector may take what was left from before the training.
      const peaks = all.map(({ peakBytes }) => peakBytes as number)
      expect(Math.max(...peaks)).toBe(peaks[0])
      expect(on.used).toBeLessThanOrEqual(used)
      expect(memory.shared.buffer.byteLength).toBe(byteLength)
    },
  )

  it('moves as it likes between two kernels: the losses are the same, with threads too', async () => {
    const context = new Context({ threads: 2 })
    const { memory } = context
    const allocate = memory.allocate.bind(memory)
    let asked = 0
    // Compacted at every fifth block that a kernel asks for, in the middle of it.
    memory.allocate = bytes => {
      if (!memory.mayCompact || ++asked % 5 !== 0) return allocate(bytes)
      memory.mayCompact = false
      throw COMPACT
    }
    const compact = vi.spyOn(memory, 'compact')
    const moving = (await reports(build(wasmOn(context)), 5)).map(({ loss }) => loss)
    expect(compact.mock.calls.length).toBeGreaterThan(50)
    const still = (await reports(build(createWasm({ threads: 1 })), 5)).map(({ loss }) => loss)
    expect(moving).toEqual(still)
    context.dispose()
  })

  it('is left out where the backend does not count', async () => {
    setBackend('reference')
    const [report] = await reports(build(backend('reference')), 1)
    setBackend('auto')
    expect(report).not.toHaveProperty('peakBytes')
  })
})
