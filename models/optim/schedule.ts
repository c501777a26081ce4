import { checkGiven, checkInteger, checkNumber, type OptionNames } from '../../engine/check.ts'
import { recorded } from '../../engine/recipe.ts'

/** The factor on every rate at step t = 0, 1, .. */
export type Schedule = (t: number) => number

/** Always the same. Default 1. */
export function constant(factor = 1): Schedule {
  checkNumber('constant', 'factor', factor, 0, Number.MAX_VALUE)
  return recorded(() => factor, 'constant', { factor })
}

export interface WarmupCosineOptions {
  /** Default 0. */
  warmup?: number
  steps: number
}

const KNOWN = { warmup: true, steps: true } satisfies OptionNames<WarmupCosineOptions>

/**
 * min(1, (t + 1) / warmup) (1 + cos(pi t / steps)) / 2: a rise over `warmup` steps (0 for none) under a half cosine
 * that comes down to 0 at `steps` and stays there (Loshchilov 2017, without restarts).
 */
export function warmupCosine(options: WarmupCosineOptions): Schedule {
  checkGiven('warmupCosine', options, KNOWN)
  const { warmup = 0, steps } = options
  checkInteger('warmupCosine', 'steps', steps, 1)
  checkInteger('warmupCosine', 'warmup', warmup, 0)
  const schedule = (t: number): number => {
    const rise = Math.min(1, (t + 1) / warmup)
    return (rise * (1 + Math.cos((Math.PI * Math.min(t, steps)) / steps))) / 2
  }
  return recorded(schedule, 'warmupCosine', { warmup, steps })
}
