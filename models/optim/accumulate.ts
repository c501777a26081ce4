import { checkInteger, refusal } from '../../engine/check.ts'
import { hold } from '../../engine/hold.ts'
import { add, keep, mul, noGrad, type State, type Tensor, tidy, zerosLike } from '../../engine/index.ts'
import {
  assignAll,
  checkNames,
  checkState,
  checkTensors,
  joinStates,
  loadParts,
  mapRecord,
  snapshot,
} from '../../engine/state.ts'
import { placeOfRows } from '../../engine/tableRows.ts'
import { refuseNotFinite } from '../finite.ts'
import { count } from '../state.ts'
import type { Optimizer, StepOptions } from './optimizer.ts'

/**
 * Gradient accumulation: an optimiser that takes the step of `inner` at every `batches`-th call, along the mean of the gradients given
 * since; the calls between move nothing. So `batches` batches of B train as one of B `batches` does, in the memory of one, where the
 * loss is a mean over samples; batch norm's statistics and class centres follow each batch of B by itself.
 *
 *     const optimizer = accumulate(adam(net.parameters), 4)
 *
 * A trainer counts batches as its steps: its schedule is asked at each batch, that of the last counts, and `clip` bounds each batch's
 * gradients. The state holds the sums, so that a run stopped between two steps goes on to the same bits. Throws on learned prototypes of
 * a loss with `sampledClasses`: each batch sees others of them.
 */
export function accumulate(inner: Optimizer, batches: number): Optimizer {
  const op = 'accumulate'
  if (typeof inner?.step !== 'function')
    throw refusal(op, 'an optimizer, such as adam(net.parameters),', inner)
  checkInteger(op, 'batches', batches, 1)
  const { parameters, lr } = inner
  const row = Object.keys(parameters).find(name => placeOfRows(parameters[name]))
  if (row !== undefined) {
    // The rows that the batches of one step see are not the same.
    throw new Error(
      `${op}: parameters that hold all their values expected, got ${row}, rows of sampledClasses`,
    )
  }
  const sums = mapRecord(parameters, p => keep(zerosLike(p)))
  let taken = 0

  function step(grads: Readonly<Record<string, Tensor>>, scale = 1, options: StepOptions = {}): void {
    checkTensors(`${op}.step`, parameters, grads)
    if (!options.checked) refuseNotFinite(`${op}.step`, grads)
    noGrad(() =>
      tidy(() => {
        // All of it before any of it is assigned: what throws leaves everything as it was.
        const totals = mapRecord(sums, (sum, name) => (taken === 0 ? grads[name] : add(sum, grads[name])))
        const full = taken + 1 === batches
        if (full)
          inner.step(
            batches === 1 ? totals : mapRecord(totals, total => mul(total, 1 / batches)),
            scale,
            options,
          )
        for (const [name, sum] of Object.entries(sums)) sum.assign(hold(full ? zerosLike(sum) : totals[name]))
        taken = full ? 0 : taken + 1
      }),
    )
  }

  const own = {
    state: (): State => ({ tensors: snapshot(sums), values: { taken } }),
    load({ tensors, values }: State): void {
      checkTensors(op, sums, tensors)
      checkNames(op, ['taken'], Object.keys(values))
      const calls = count(op, values, 'taken')
      if (calls >= batches) throw new Error(`${op}: taken below ${batches} expected, got ${calls}`)
      assignAll(sums, tensors)
      taken = calls
    },
  }
  const parts = { inner, sums: own }
  return {
    parameters,
    lr,
    step,
    state: () => joinStates(mapRecord(parts, part => part.state())),
    load(state) {
      checkState(op, state)
      loadParts(op, parts, state)
    },
  }
}
