import { afterEach, expect, test, vi } from 'vitest'
import { type Clock, clockOf } from './harness/clock.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test.each([
  ['wall', 7],
  ['processor', 2.5],
] satisfies [Clock, number][])('the clock %s is in milliseconds', (name, expected) => {
  vi.spyOn(performance, 'now').mockReturnValue(7)
  vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 2000, system: 500 })
  const value = clockOf(name)()
  vi.restoreAllMocks()
  expect(value).toBe(expected)
})
