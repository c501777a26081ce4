import { keep, noGrad, type State, type Stateful, type Tensor, tidy, zerosLike } from '../../engine/index.ts'
import { assignAll, checkNames, checkTensors, snapshot } from '../../engine/state.ts'
import { count, joinNames, mapRecord } from '../state.ts'
import type { Rates, Trained } from './groups.ts'

type Tensors = Readonly<Record<string, Tensor>>

export interface Optimizer extends Stateful {
  /** What to differentiate in: `valueAndGrad(f, optimizer.parameters)`. */
  readonly parameters: Tensors
  /** The rate of those whose group names none. */
  readonly lr: number
  /** Moves each parameter by its gradient; `scale` is the schedule's factor on every rate. Default 1. */
  step(grads: Tensors, scale?: number): void
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
  let t = 0

  function step(grads: Tensors, scale = 1): void {
    checkTensors(`${name}.step`, parameters, grads)
    if (!(scale >= 0 && Number.isFinite(scale))) {
      throw new Error(`${name}.step: a scale >= 0 expected, got ${scale}`)
    }
    t++
    for (const [key, { parameter, lr, weightDecay }] of Object.entries(list)) {
      noGrad(() =>
        tidy(() => {
          const moved = rule(parameter, grads[key], memory[key], { lr: lr * scale, weightDecay }, t)
          parameter.assign(moved.p)
          for (const m of moments) memory[key][m].assign(moved[m])
        }),
      )
    }
  }

  return {
    parameters,
    lr,
    step,
    state: () => ({ tensors: snapshot(tensors), values: { t } }),
    load(state: State) {
      checkTensors(name, tensors, state.tensors)
      checkNames(name, ['t'], Object.keys(state.values))
      const steps = count(name, state.values, 't')
      assignAll(tensors, state.tensors)
      t = steps
    },
  }
}
