import { checkOptions, shown } from '../../engine/check.ts'
import { hold } from '../../engine/hold.ts'
import { keep, noGrad, type State, type Stateful, type Tensor, tidy, zerosLike } from '../../engine/index.ts'
import { snapshotWith } from '../../engine/snapshots.ts'
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
import type { Rates, Rule, Trained } from './groups.ts'
import type { OfRows } from './lazyRows.ts'
import { OwnSizes } from './ownSizes.ts'
import type { Kind } from './rowState.ts'
import { apart } from './tableParameters.ts'

type Tensors = Readonly<Record<string, Tensor>>

export interface Optimizer extends Stateful {
  /** What to differentiate in: `valueAndGrad(f, optimizer.parameters)`. */
  readonly parameters: Tensors
  /** The rate of those whose group names none. */
  readonly lr: number
  /**
   * Moves each parameter by its gradient; `scale` is the schedule's factor on every rate, default 1. All of them move, or
   * none where it throws. Gradients that are not finite, and those so large that a parameter or a moment would not be, are
   * refused where the backend answers at once, unless `checked` says that the caller looks. Where bounds tell beforehand that
   * all will be finite, that is a pass over the gradients, and each parameter moves before the next is computed, if nobody else
   * holds what it is made of; else it is a pass over all that is new, and memory has room for all of it.
   */
  step(grads: Tensors, scale?: number, options?: StepOptions): void
  /**
   * After a `step` that was `checked` by the caller: moves the rows of tables, or throws and moves none, where they would not be
   * finite. Does nothing where no parameter stands for rows of a table.
   */
  commit?(): void
}

export interface StepOptions {
  /** The caller looks whether all is finite, and then calls `commit`. Default false. */
  checked?: boolean
}

/** What optimisers are called. */
export type OptimizerName = 'sgd' | 'adam' | 'adamW' | 'rmsprop' | 'adagrad' | 'lamb'

/**
 * An optimiser out of its rule. `moments` names what it remembers of each parameter; they start at zero. Its state
 * holds them and the number of steps; rates are not part of it. Of a table it moves the rows that a step has loaded (`LazyRows`).
 */
export function optimizer<M extends string>(
  name: OptimizerName,
  lr: number,
  list: Readonly<Record<string, Trained>>,
  moments: readonly M[],
  rule: Rule<M>,
  ofRows?: OfRows<M>,
): Optimizer {
  const parameters = mapRecord(list, one => one.parameter)
  const { own, tables, names } = apart(name, list, moments, rule, ofRows)
  const lazy = Object.values(tables)
  const memory = mapRecord(
    own,
    ({ parameter }) =>
      Object.fromEntries(moments.map(m => [m, keep(zerosLike(parameter))])) as Record<M, Tensor>,
  )
  const tensors = joinNames<Tensor>(memory)
  // The largest first: what a rule makes on its way then lies beside the fewest new values.
  const largestFirst = Object.fromEntries(
    Object.entries(own).sort(([, a], [, b]) => b.parameter.size - a.parameter.size),
  )
  const sizes =
    ofRows?.bounds &&
    new OwnSizes(
      mapRecord(own, one => one.parameter),
      memory,
      ofRows.bounds,
    )
  let t = 0

  function step(grads: Tensors, scale = 1, options: StepOptions = {}): void {
    checkOptions(`${name}.step`, options, { checked: true })
    const { checked = false } = options
    checkTensors(`${name}.step`, parameters, grads)
    if (!(scale >= 0 && Number.isFinite(scale))) {
      throw new Error(`${name}.step: a scale >= 0 expected, got ${shown(scale)}`)
    }
    try {
      noGrad(() => tidy(() => moveAll(grads, scale, checked)))
    } catch (error) {
      for (const rows of lazy) rows.drop()
      // No rule makes finite numbers of gradients that are not: these are looked at last, to be blamed first.
      if (!checked) refuseNotFinite(`${name}.step`, grads)
      throw error
    }
    t++
    if (!checked) for (const rows of lazy) rows.move()
  }

  function moveAll(grads: Tensors, scale: number, checked: boolean): void {
    const ratesOf = ({ lr, weightDecay }: Rates): Rates => ({ lr: lr * scale, weightDecay })
    const ruled = (key: string) =>
      tidy(() => rule(parameters[key], grads[key], memory[key], ratesOf(own[key]), t + 1))
    const assign = (key: string, moved: ReturnType<typeof ruled>): void => {
      parameters[key].assign(hold(moved.p))
      for (const m of moments) memory[key][m].assign(hold(moved[m]))
    }
    for (const [key, rows] of Object.entries(tables)) {
      rows.step(
        names[key].map(name => grads[name]),
        scale,
      )
    }
    const after = checked ? undefined : sizes?.after(grads, mapRecord(own, ratesOf), t + 1)
    if (after !== undefined) {
      examine()
      // Each takes the place of what it follows: where there was memory for the largest there is for all.
      for (const key of Object.keys(largestFirst)) {
        tidy(() => assign(key, ruled(key)))
        sizes?.set(key, after[key])
      }
      return
    }
    // All of it before any of it is assigned: what throws leaves everything as it was.
    const moved = mapRecord(largestFirst, (_, key) => ruled(key))
    if (!checked) {
      const memories = joinNames<Tensor>(mapRecord(moved, ({ p, ...memory }) => memory))
      refuseNotFinite(`${name}.step`, { ...mapRecord(moved, ({ p }) => p), ...memories }, checkLeft)
      examine()
    }
    for (const key of Object.keys(own)) assign(key, moved[key])
  }

  /** Throws, and forgets the step, where rows of a table would not be finite. */
  function examine(): void {
    try {
      for (const rows of lazy) rows.examine()
    } catch (error) {
      for (const rows of lazy) rows.drop()
      throw error
    }
  }

  const putBack = (own: Tensors, steps: number): void => {
    assignAll(tensors, own)
    for (const rows of lazy) rows.drop()
    t = steps
  }
  const ofTables = () => joinNames<Tensor>(mapRecord(tables, rows => rows.state()))

  return {
    parameters,
    lr,
    step,
    commit() {
      examine()
      for (const rows of lazy) rows.move()
    },
    state: () => ({ tensors: { ...snapshot(tensors), ...ofTables() }, values: { t } }),
    load(state: State) {
      checkState(name, state)
      const kinds = joinNames<Kind>(mapRecord(tables, rows => rows.kinds))
      checkTensors(name, { ...tensors, ...kinds }, state.tensors)
      checkNames(name, ['t'], Object.keys(state.values))
      const steps = count(name, state.values, 't')
      putBack(state.tensors, steps)
      for (const [key, rows] of Object.entries(tables)) {
        rows.load(m => state.tensors[`${key}.${m}`], steps)
      }
    },
    ...(lazy.length > 0 && {
      snapshot() {
        const then = t
        const known = snapshotWith(tensors, { t }, state => putBack(state.tensors, then))
        return {
          ...known,
          state: () => ({ tensors: { ...known.state().tensors, ...ofTables() }, values: { t: then } }),
        }
      },
    }),
  }
}
