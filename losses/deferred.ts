import { checkInteger, type OptionNames } from '../engine/check.ts'
import type { ReductionOptions } from './loss.ts'

export interface DeferredOptions {
  /** For so many updates all classes count alike; `weight` counts from the next on. An integer >= 0. Default 0. */
  deferredSteps?: number
}

export const DEFERRED_OPTIONS = {
  deferredSteps: ['deferred', 'drw', 'weightAfter'],
} satisfies OptionNames<DeferredOptions>

/** Throws unless deferredSteps is an integer >= 0, and there is a weight to wait with. */
export function checkDeferred(
  op: string,
  { deferredSteps = 0, weight }: DeferredOptions & ReductionOptions,
): void {
  checkInteger(op, 'deferredSteps', deferredSteps, 0)
  if (deferredSteps > 0 && weight === undefined) {
    throw new Error(`${op}: deferredSteps goes with weight, got none`)
  }
}

/**
 * The weight after t updates, that of the step under way included: deferred re-weighting (DRW), Cao 2019,
 * arXiv:1906.07413, section 3.3 and algorithm 1, which begins with a smaller rate, when the embedding has settled. The
 * authors' published code takes `classBalancedWeights(sizes, { beta: 0.9999 })` for the last 40 of 200 epochs.
 */
export const weightAt = (
  { deferredSteps = 0, weight }: DeferredOptions & ReductionOptions,
  t: number,
): ReductionOptions['weight'] => (deferredSteps === 0 || t > deferredSteps ? weight : undefined)
