import { describe, expect, test } from 'vitest'
import { stepCase } from './cases/step.ts'
import { answerer } from './harness/adapter.ts'
import type { Begun } from './harness/protocol.ts'

/** Its calls take as many milliseconds as `times` says, the last for ever, and give their number. */
function fake(times: readonly number[]) {
  let calls = 0
  const clock = () =>
    new Promise<void>(resolve => setTimeout(resolve, times[Math.min(calls++, times.length - 1)]))
  const prepared = { call: clock, outputs: async () => [[calls]], end() {} }
  return { ask: answerer({ version: '1', prepare: () => prepared }), calls: () => calls }
}

const begin = (warmUp: number, budget = 10_000) =>
  ({ ask: 'begin', case: { ...stepCase(2), warmUp, budget } }) as const

describe('the first answer', () => {
  test('is about the first call, where nothing warms up', async () => {
    const { ask, calls } = fake([30, 1])
    const { ms, outputs } = (await ask(begin(0))) as Begun
    expect([outputs, calls()]).toEqual([[[1]], 1])
    expect(ms).toBeGreaterThan(20)
  })

  test('has the results of the first call and the time of the last', async () => {
    const { ask, calls } = fake([1, 1, 1, 1, 30])
    const { ms, outputs } = (await ask(begin(4))) as Begun
    expect([outputs, calls()]).toEqual([[[1]], 5])
    expect(ms).toBeGreaterThan(20)
  })

  test('comes early when calls take longer than there is time for, but not by the first one alone', async () => {
    const { ask, calls } = fake([30])
    await ask(begin(4, 1))
    expect(calls()).toBe(2)
  })
})

test('a run calls without the clock first, then at least once with it', async () => {
  const { ask, calls } = fake([1])
  await ask(begin(0))
  const { samples } = (await ask({ ask: 'run', untimed: 2, ms: 0, inner: 3 })) as { samples: number[] }
  expect([samples.length, calls()]).toEqual([1, 1 + 2 + 3])
})
