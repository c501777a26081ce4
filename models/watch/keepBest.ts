import {
  checkFunction,
  checkGiven,
  checkInteger,
  checkName,
  checkNumber,
  type OptionNames,
} from '../../engine/check.ts'
import { type Json, keep, type State, type Stateful } from '../../engine/index.ts'
import { checkNames, checkState, checkTensors, snapshot } from '../../engine/state.ts'
import { checkStateful } from '../checks.ts'
import { count, disposeAll } from '../state.ts'
import type { Report } from '../train/progress.ts'

export interface KeepBestOptions {
  /** The figure to judge by, such as rank-1 on identities that are not trained on; called outside of a step, and awaited. */
  metric: (step: number) => number | Promise<number>
  /** How often to look, in steps. Default 100. */
  every?: number
  /** Is more better, `max`, the default, or less, `min`? */
  mode?: 'max' | 'min'
  /** By how much a figure must be better to count. Default 0: by anything. */
  minDelta?: number
  /** Stop early: the run ends when so many looks in a row were no better. Default: it never does. */
  patience?: number
}

const KNOWN = {
  metric: ['monitor', 'score'],
  every: ['frequency', 'interval'],
  mode: true,
  minDelta: ['delta', 'threshold'],
  patience: true,
} satisfies OptionNames<KeepBestOptions>

export interface Best extends Stateful {
  /** What `run` calls; `false` ends the run. */
  readonly onStep: (report: Report) => Promise<boolean>
  /** The best figure so far, and the step that it is of; undefined before the first look. */
  readonly value: number | undefined
  readonly step: number | undefined
  /** Looks in a row that were no better. */
  readonly stale: number
  /** Gives `part` what it had at that step. Throws before the first look. */
  restore(): void
}

/**
 * Keeps what `part`, a net or a whole trainer, had when a figure on held-out data was best, and stops early where it gets no
 * better. It copies nothing while values stay as they are: what a step replaces is kept instead of given back.
 *
 *     const best = keepBest(net, { every: 100, patience: 5, metric: async () => (await retrieval(embed(net, x), y)).rank1 })
 *     await trainer.run({ steps: 10_000, onStep: best.onStep })
 *     best.restore()
 *
 * Its state holds the kept values, the figure and the count, so that a run which was stopped goes on as it would have. Throws
 * on a figure that is no number, and on a part without parameters.
 */
export function keepBest(part: Stateful, options: KeepBestOptions): Best {
  const op = 'keepBest'
  checkStateful(op, 'part', part, 'a net or a trainer')
  checkGiven(op, options, KNOWN)
  const { metric, every = 100, mode = 'max', minDelta = 0, patience } = options
  checkFunction(op, 'metric', metric)
  checkInteger(op, 'every', every, 1)
  checkName(op, 'mode', mode, ['max', 'min'])
  checkNumber(op, 'minDelta', minDelta, 0, Number.MAX_VALUE)
  if (patience !== undefined) checkInteger(op, 'patience', patience, 1)
  const sign = mode === 'max' ? 1 : -1
  let best: { readonly state: State; readonly value: number; readonly step: number } | undefined
  let stale = 0

  function take(state: State, value: number, step: number): void {
    const before = best
    const tensors = snapshot(state.tensors)
    for (const t of Object.values(tensors)) keep(t)
    best = { state: { tensors, values: state.values }, value, step }
    disposeAll([before?.state.tensors])
  }

  async function onStep({ step }: Report): Promise<boolean> {
    if (step % every !== 0) return true
    const value = await metric(step)
    if (typeof value !== 'number' || Number.isNaN(value)) {
      throw new Error(`${op}: metric as a number expected at step ${step}, got ${String(value)}`)
    }
    if (best === undefined || sign * value > sign * best.value + minDelta) {
      take(part.state(), value, step)
      stale = 0
      return true
    }
    stale++
    return patience === undefined || stale < patience
  }

  return {
    onStep,
    get value() {
      return best?.value
    },
    get step() {
      return best?.step
    },
    get stale() {
      return stale
    },
    restore() {
      if (best === undefined)
        throw new Error(`${op}.restore: a look at the metric before expected, got none (every is ${every})`)
      part.load(best.state)
    },
    state(): State {
      if (best === undefined) return { tensors: {}, values: {} }
      const { state, value, step } = best
      return { tensors: snapshot(state.tensors), values: { value, step, stale, of: state.values } }
    },
    load(state: State): void {
      checkState(op, state)
      if (Object.keys(state.values).length === 0) {
        checkNames(op, [], Object.keys(state.tensors))
        disposeAll([best?.state.tensors])
        best = undefined
        stale = 0
        return
      }
      checkNames(op, ['value', 'step', 'stale', 'of'], Object.keys(state.values))
      checkTensors(op, part.state().tensors, state.tensors)
      const { value, of } = state.values
      checkNumber(op, 'value', value)
      const [step, looks] = [count(op, state.values, 'step'), count(op, state.values, 'stale')]
      take({ tensors: state.tensors, values: of as Readonly<Record<string, Json>> }, value, step)
      stale = looks
    },
  }
}
