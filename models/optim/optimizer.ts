import { checkOptions, shown } from '../../engine/check.ts'
import { hold } from '../../engine/hold.ts'
import { keep, noGrad, type State, type Stateful, type Tensor, tidy, zerosLike } from '../../engine/index.ts'
import {
  assignAll,
  checkNames,
  checkState,
  checkTensors,
  joinNames,
  mapRecord,
  snapshot,
} from '../../engine/state.ts'
import { checkLeft, refuseNotFinite } from '../finite.ts'
import { count } from '../state.ts'
import type { Rates, Trained } from './groups.ts'

type Tensors = Readonly<Record<string, Tensor>>

export interface Optimizer extends Stateful {
  /** What to differentiate in: `valueAndGrad(f, optimizer.parameters)`. */
  readonly parameters: Tensors
  /** The rate of those whose group names none. */
  readonly lr: number
  /**
   * Moves each parameter by its gradient; `scale` is the schedule's factor on every rate, default 1. All of them move, or
   * none where it throws. Gradients that are not finite, and those so large that a parameter or a moment would not be, are
   * refused where the backend answers at once, unless `checked` says that the caller looks: that is a pass over all of
   * these, and two readbacks.
   */
  step(grads: Tensors, scale?: number, options?: StepOptions): void
}

export interface StepOptions {
  /** The caller looks whether all is finite. Default false. */
  checked?: boolean
}

/** One parameter's move: its new value and its new moments, from their values p, g before step t = 1, 2, .. */
export type Rule<M extends string> = (
  p: Tensor,
  g: Tensor,
  moments: Readonly<Record<M, Tensor>>,
  rates: Rates,
  t: number,
) => { p: Tensor } & Readonly<Record<M, Tensor>>

/**
 * An optimiser out of its rule. `moments` names what it remembers of each parameter; they start at zero. Its state
 * holds them and the number of steps; rates are not part of it.
 */
export function optimizer<M extends string>(
  name: string,
  lr: number,
  list: Readonly<Record<string, Trained>>,
  moments: readonly M[],
  rule: Rule<M>,
): Optimizer {
  const parameters = mapRecord(list, one => one.parameter)
  const memory = mapRecord(
    parameters,
    p => Object.fromEntries(moments.map(m => [m, keep(zerosLike(p))])) as Record<M, Tensor>,
  )
  const tensors = joinNames<Tensor>(memory)
  // The largest first: what a rule makes on its way then lies beside the fewest new values.
  const largestFirst = Object.fromEntries(
    Object.entries(list).sort(([, a], [, b]) => b.parameter.size - a.parameter.size),
  )
  let t = 0

  function step(grads: Tensors, scale = 1, options: StepOptions = {}): void {
    checkOptions(`${name}.step`, options, { checked: true })
    const { checked = false } = options
    checkTensors(`${name}.step`, parameters, grads)
    if (!(scale >= 0 && Number.isFinite(scale))) {
      throw new Error(`${name}.step: a scale >= 0 expected, got ${shown(scale)}`)
    }
    if (!checked) refuseNotFinite(`${name}.step`, grads)
    noGrad(() =>
      tidy(() => {
        // All of it before any of it is assigned: what throws leaves everything as it was.
        const moved = mapRecord(largestFirst, ({ parameter, lr, weightDecay }, key) =>
          tidy(() => rule(parameter, grads[key], memory[key], { lr: lr * scale, weightDecay }, t + 1)),
        )
        if (!checked) {
          const memories = joinNames<Tensor>(mapRecord(moved, ({ p, ...memory }) => memory))
          refuseNotFinite(`${name}.step`, { ...mapRecord(moved, ({ p }) => p), ...memories }, checkLeft)
        }
        for (const key of Object.keys(list)) {
          parameters[key].assign(hold(moved[key].p))
          for (const m of moments) memory[key][m].assign(hold(moved[key][m]))
        }
      }),
    )
    t++
  }

  return {
    parameters,
    lr,
    step,
    state: () => ({ tensors: snapshot(tensors), values: { t } }),
    load(state: State) {
      checkState(name, state)
      checkTensors(name, tensors, state.tensors)
      checkNames(name, ['t'], Object.keys(state.values))
      const steps = count(name, state.values, 't')
      assignAll(tensors, state.tensors)
      t = steps
    },
  }
}
