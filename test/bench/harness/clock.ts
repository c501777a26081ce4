/** What times are of: the clock on the wall, or the time that the process has had on processors, all its threads together. */
export const CLOCKS = ['wall', 'processor'] as const
export type Clock = (typeof CLOCKS)[number]

/** The environment that tells a contestant's process its clock. */
export const CLOCK = 'BENCH_CLOCK'

/** Milliseconds since some moment, by the clock of this process; a page has that on the wall only. */
export const now: () => number =
  globalThis.process?.env?.[CLOCK] === ('processor' satisfies Clock)
    ? () => {
        const { user, system } = process.cpuUsage()
        return (user + system) / 1000
      }
    : () => performance.now()
