import { describe, expect, test } from 'vitest'
import { setBackend } from '../../engine/index.ts'
import { readDigits } from '../../examples/long-tail/digits.ts'
import { run } from '../../examples/long-tail/run.ts'
import { fromQuery } from '../../examples/playground/settings/url.ts'
import { Conductor, EVERY } from '../../examples/playground/training/conductor.ts'
import type { Reply, Request } from '../../examples/playground/training/messages.ts'

const lists = readDigits()

/** A conductor in this thread, and what it told. */
function conductor(breathe: () => Promise<void> = () => Promise.resolve()) {
  const told: Reply[] = []
  const it = new Conductor({
    post: reply => told.push(reply),
    async settle(choice) {
      if (choice !== 'wasm') throw new Error(`${choice} does not run here`)
      setBackend('wasm')
      return { title: 'wasm', software: false }
    },
    fetch: async () => lists,
    breathe,
  })
  return { it, told }
}

const prepare = (query: string, number = 1): Request => ({
  kind: 'prepare',
  run: number,
  digits: '',
  settings: fromQuery(query).settings,
})
const kinds = (told: readonly Reply[]): string[] => told.map(({ kind }) => kind)
const of = <K extends Reply['kind']>(told: readonly Reply[], kind: K) =>
  told.filter((reply): reply is Extract<Reply, { kind: K }> => reply.kind === kind)

describe('what the page asks and the worker answers', () => {
  test('prepared, it says what it learns and looks at the nets, and waits', async () => {
    const { it, told } = conductor()
    await it.receive(prepare('seed=3&dim=3'))
    expect(kinds(told)).toEqual(['ready', 'sight'])
    const [{ data }] = of(told, 'ready')
    expect(data.sizes).toEqual([690, 420, 252, 151, 90, 54, 33, 19, 12, 7])
    expect(data.tail).toEqual([9, 8, 7, 6])
    const [{ sight }] = of(told, 'sight')
    expect(sight[0].points.length).toBe(3 * data.labels.length)
    // The two nets are the same one at first.
    expect(sight[1].points).toEqual(sight[0].points)
  })

  test('it trains to the end, looks every so often, and at all images at last', async () => {
    const { it, told } = conductor()
    await it.receive(prepare('steps=50'))
    await it.receive({ kind: 'go' })
    expect(of(told, 'stepped').map(({ step }) => step)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    const steps = Array.from({ length: 50 / EVERY + 1 }, (_, i) => i * EVERY)
    expect(of(told, 'sight').map(({ sight }) => sight[0].step)).toEqual(steps)
    expect(of(told, 'sight').map(({ sight }) => sight[0].whole)).toEqual(steps.map(step => step === 50))
    expect(told.at(-1)).toEqual({ kind: 'rests', run: 1, finished: true })
    const { losses } = of(told, 'stepped')[49]
    expect(losses[0]).not.toBe(losses[1])
  })

  test('its figures are those of the main job', async () => {
    const { it, told } = conductor()
    await it.receive(prepare('steps=50&seed=5&imbalance=40&left=arcFace&right=irNormFace'))
    await it.receive({ kind: 'go' })
    const { sight } = of(told, 'sight').at(-1)!
    for (const [i, loss] of (['arcFace', 'irNormFace'] as const).entries()) {
      const job = { loss, seed: 5, steps: 50, imbalance: 40, dim: 2, backend: 'wasm' } as const
      const { run: main } = await run(job)
      expect(sight[i].balanced).toBe(main.accuracy)
      expect(Array.from(sight[i].byClass)).toEqual(main.classes.map(c => c.accuracy))
      expect(Array.from(sight[i].angles)).toEqual(main.classes.map(c => c.angle))
    }
  })

  test('a request ends a training that is under way, and a step is one step', async () => {
    let breaths = 0
    const { it, told } = conductor(async () => {
      if (++breaths === 3) void it.receive({ kind: 'pause' })
    })
    await it.receive(prepare('steps=50'))
    await it.receive({ kind: 'go' })
    await it.receive({ kind: 'step' })
    expect(of(told, 'stepped').map(({ step }) => step)).toEqual([1, 2, 3, 4])
    expect(of(told, 'rests').length).toBe(3)
    expect(of(told, 'sight').map(({ sight }) => sight[0].step)).toEqual([0, 3, 4])
  })

  test('settings begin anew, and the same ones give the same run, stopped or not', async () => {
    const { it, told } = conductor()
    const losses = (number: number) =>
      of(told, 'stepped')
        .filter(({ run }) => run === number)
        .map(reply => reply.losses)
    await it.receive(prepare('steps=50'))
    for (let i = 0; i < 12; i++) await it.receive({ kind: 'step' })
    const queries = ['steps=50&left.m=0.5', 'steps=50']
    for (const [i, query] of queries.entries()) {
      await it.receive(prepare(query, i + 2))
      await it.receive({ kind: 'go' })
    }
    expect(losses(1)).toEqual(losses(3).slice(0, 12))
    expect(losses(2)[0][0]).not.toBe(losses(3)[0][0])
    // The other side does not notice.
    expect(losses(2).map(pair => pair[1])).toEqual(losses(3).map(pair => pair[1]))
  })

  test('what fails is told, and the next settings run', async () => {
    const { it, told } = conductor()
    await it.receive(prepare('backend=webgpu'))
    await it.receive({ kind: 'go' })
    expect(told).toEqual([{ kind: 'failed', run: 1, error: 'webgpu does not run here' }])
    await it.receive(prepare('', 2))
    await it.receive({ kind: 'step' })
    expect(told.at(-1)).toEqual({ kind: 'rests', run: 2, finished: false })
  })

  test('messages survive the way between threads', async () => {
    const { it, told } = conductor()
    await it.receive(prepare(''))
    await it.receive({ kind: 'step' })
    for (const message of [...told, prepare('left=irSoftmax')])
      expect(structuredClone(message)).toEqual(message)
  })
})
