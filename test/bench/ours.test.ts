import { expect, test } from 'vitest'
import { cpuCases } from './cases/cpu.ts'
import { open } from './ours/adapter.ts'

test.each(cpuCases())('$name runs here, and gives numbers', async c => {
  const adapter = await open({ backend: 'wasm', threads: 1 })
  const prepared = await adapter.prepare(c)
  await prepared.call()
  const [values] = await prepared.outputs()
  prepared.end?.()
  expect(values.length).toBeGreaterThan(0)
  expect(values.every(Number.isFinite)).toBe(true)
})
