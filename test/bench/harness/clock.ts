/** What times are of: the clock on the wall, or the time that the process has had on processors, all its threads together. */
export const CLOCKS = ['wall', 'processor'] as const
export type Clock = (typeof CLOCKS)[number]

/** The environment that tells a contestant's process its clock. */
export const CLOCK = 'BENCH_CLOCK'

/** What gives the milliseconds since some moment by that clock; a page has the one on the wall only. */
export const clockOf = (name: Clock): (() => number) =>
  name === 'wall'
    ? () => performance.now()
    : () => {
        const { user, system } = process.cpuUsage()
        return (user + system) / 1000
      }

export const now = clockOf((globalThis.process?.env?.[CLOCK] ?? 'wall') as Clock)
