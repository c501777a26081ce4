import { checkFunction } from '../../engine/check.ts'
import type { Report } from '../train/progress.ts'

type OnStep = (report: Report) => unknown

/**
 * Several `onStep` as one: they are called in this order, and awaited; the run ends where one of them says `false`, after the others
 * have been called too.
 */
export function callbacks(...all: readonly OnStep[]): (report: Report) => Promise<boolean> {
  for (const [i, one] of all.entries()) checkFunction('callbacks', `callback ${i}`, one)
  return async report => {
    let goesOn = true
    for (const one of all) if ((await one(report)) === false) goesOn = false
    return goesOn
  }
}
