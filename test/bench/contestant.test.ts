import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import type { Case } from './cases/case.ts'
import { netCases } from './cases/net.ts'
import { stepCase } from './cases/step.ts'
import { Contestant } from './harness/contestant.ts'

/** Answers as it is told by the names of the cases: late, with an end, with an error, or with its arguments. */
const PROCESS = `
  import { createInterface } from 'node:readline'
  const answer = message => console.log(JSON.stringify(message))
  if (process.env.REFUSES) answer({ reason: 'no such library' })
  else answer({ version: '1.2.3' })
  for await (const line of createInterface({ input: process.stdin })) {
    const { name } = JSON.parse(line).case
    if (name === 'fails') { console.error('out of memory'); process.exit(3) }
    if (name !== 'hangs') answer({ ms: 1, outputs: [[process.pid]] })
  }
`

const started: Contestant[] = []
afterEach(() => {
  for (const contestant of started.splice(0)) contestant.stop()
})

function contestant(env: Record<string, string> = {}) {
  const args = ['--input-type=module', '-e', PROCESS]
  const made = new Contestant({ name: 'some', start: { command: process.execPath, args, env } })
  started.push(made)
  return made
}

const begin = (name: string) => ({ ask: 'begin', case: { ...stepCase(2), name } }) as const

test('greets once and answers each request', async () => {
  const some = contestant()
  expect(await some.start()).toEqual({ version: '1.2.3' })
  const first = await some.ask(begin('works'), 5000)
  expect(first).toMatchObject({ ms: 1 })
  expect(await some.ask(begin('works'), 5000)).toEqual(first)
})

test('is ended when it gives no answer in time, and started anew for the next', async () => {
  const some = contestant()
  const first = await some.ask(begin('works'), 5000)
  expect(await some.ask(begin('hangs'), 100)).toEqual({ reason: 'gave no answer in 0.1 s' })
  const second = await some.ask(begin('works'), 5000)
  expect(second).toMatchObject({ ms: 1 })
  expect(second).not.toEqual(first)
})

test('an end tells what the process said last', async () => {
  const some = contestant()
  await some.start()
  const { reason } = (await some.ask(begin('fails'), 5000)) as { reason: string }
  expect(reason).toBe('its process ended with code 3: out of memory')
  expect(await some.ask(begin('works'), 5000)).toMatchObject({ ms: 1 })
})

test('one that refuses is not asked again', async () => {
  const some = contestant({ REFUSES: 'yes' })
  const refusal = { reason: 'no such library' }
  expect(await some.ask(begin('works'), 5000)).toEqual(refusal)
  expect(await some.ask(begin('works'), 5000)).toEqual(refusal)
})

test('a command that is not there is a reason', async () => {
  const start = { command: '/nowhere/python3', args: [], env: {} }
  const some = new Contestant({ name: 'some', start })
  expect((await some.start()) as { reason: string }).toHaveProperty('reason', 'spawn /nowhere/python3 ENOENT')
})

test('an adapter in TypeScript runs, and trains, in a process without a loader of it', async () => {
  const adapter = fileURLToPath(new URL('./ours/adapter.ts', import.meta.url))
  const some = new Contestant({ name: 'some', start: { adapter, options: { backend: 'wasm', threads: 1 } } })
  started.push(some)
  expect(await some.start()).toEqual({ version: 'wasm' })
  const step = netCases().find(c => c.name.startsWith('step convNet')) as Case
  expect(await some.ask({ ask: 'begin', case: step }, 60_000)).toMatchObject({ ms: expect.any(Number) })
  expect(await some.ask({ ask: 'memory' }, 5000)).toEqual({ bytes: expect.any(Number) })
})
