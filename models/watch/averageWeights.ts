import { checkFunction, checkNumber, checkOptions, type OptionNames } from '../../engine/check.ts'
import { add, keep, mul, noGrad, type State, type Stateful, tidy } from '../../engine/index.ts'
import { assignAll, checkNames, checkState, checkTensors, mapRecord, snapshot } from '../../engine/state.ts'
import { checkStateful } from '../checks.ts'
import { count, disposeAll } from '../state.ts'

export interface AverageWeightsOptions {
  /** d, 0 <= d < 1. Default 0.999. */
  decay?: number
}

const KNOWN = { decay: ['beta', 'momentum'] } satisfies OptionNames<AverageWeightsOptions>

export interface AverageWeights extends Stateful {
  /** Takes in the weights as they are now; what `run` calls after each step. */
  readonly onStep: () => void
  /** What f gives while the net has the averages in place of its weights; f may be asynchronous, and the net is to rest meanwhile. */
  during<T>(f: () => T): T
  /** Gives the net the averages for good. */
  apply(): void
}

/**
 * a <- d_t a + (1 - d_t) w after each step t = 1, 2, ..: the moving average of every tensor of the net, running statistics too; as timm's
 * ModelEma. d_t = min(d, (1 + t) / (10 + t)), as TensorFlow's ExponentialMovingAverage with `num_updates`, so that the first weights are
 * soon forgotten. a starts as the weights are now. Averages often rank better than the last weights (Polyak 1992; Tarvainen 2017,
 * arXiv:1703.01780).
 *
 *     const average = averageWeights(net)
 *     await trainer.run({ steps: 1000, onStep: average.onStep })
 *     const rank1 = await average.during(async () => (await retrieval(embed(net, x), y)).rank1)
 */
export function averageWeights(net: Stateful, options: AverageWeightsOptions = {}): AverageWeights {
  const op = 'averageWeights'
  checkStateful(op, 'net', net, 'a net')
  checkOptions(op, options, KNOWN)
  const { decay = 0.999 } = options
  checkNumber(op, 'decay', decay, 0)
  if (decay >= 1) throw new Error(`${op}: decay as a number from 0 to below 1 expected, got ${decay}`)
  const own = tidy(() => mapRecord(snapshot(net.state().tensors), t => keep(t)))
  let t = 0

  function onStep(): void {
    t++
    const d = Math.min(decay, (1 + t) / (10 + t))
    noGrad(() =>
      tidy(() => {
        const weights = net.state().tensors
        for (const [name, a] of Object.entries(own)) a.assign(add(mul(a, d), mul(weights[name], 1 - d)))
      }),
    )
  }

  const apply = (): void => net.load({ tensors: own, values: net.state().values })

  function during<T>(f: () => T): T {
    checkFunction(`${op}.during`, 'f', f)
    const { tensors, values } = net.state()
    const before: State = { tensors: snapshot(tensors), values }
    const back = (): void => {
      net.load(before)
      disposeAll([before.tensors])
    }
    apply()
    let result: T
    try {
      result = f()
    } catch (error) {
      back()
      throw error
    }
    if (result instanceof Promise) return result.finally(back) as T
    back()
    return result
  }

  return {
    onStep,
    apply,
    during,
    state: () => ({ tensors: snapshot(own), values: { t } }),
    load(state: State): void {
      checkState(op, state)
      checkTensors(op, own, state.tensors)
      checkNames(op, ['t'], Object.keys(state.values))
      const steps = count(op, state.values, 't')
      assignAll(own, state.tensors)
      t = steps
    },
  }
}
