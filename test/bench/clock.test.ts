import { afterEach, expect, test, vi } from 'vitest'
import { CLOCK } from './harness/clock.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test.each([
  ['wall', 7],
  ['processor', 2.5],
])('the clock %s is in milliseconds', async (name, expected) => {
  vi.stubEnv(CLOCK, name)
  vi.resetModules()
  const { now } = await import('./harness/clock.ts')
  vi.spyOn(performance, 'now').mockReturnValue(7)
  vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 2000, system: 500 })
  const value = now()
  vi.restoreAllMocks()
  expect(value).toBe(expected)
})
