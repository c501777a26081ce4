import { checkFlag, type OptionNames } from '../../engine/check.ts'
import { parameter, randn, type Tensor, zeros } from '../../engine/index.ts'
import { generatorOf } from '../../engine/random.ts'
import { assignAll, checkNames, checkTensors, snapshot } from '../../engine/state.ts'
import { checkLossOptions, checkSizes, LOSS_OPTIONS, type LossOptions } from '../loss.ts'
import type { Prototypes } from './prototypes.ts'

export interface LearnedOptions extends LossOptions {
  /** Adds b[C] to the logits. Default false. */
  bias?: boolean
}

export const LEARNED_OPTIONS = { ...LOSS_OPTIONS, bias: true } satisfies OptionNames<LearnedOptions>

/**
 * w_j is a parameter, trained by gradient: W[C,D] from N(0, 1/D), drawn by `seed` or `rng`; with `bias` also b[C], from 0.
 * `update` and `refresh` do nothing.
 */
export function learned(op: string, options: LearnedOptions): Prototypes {
  checkLossOptions(op, options, LEARNED_OPTIONS)
  checkSizes(op, options)
  const { classes, dim, dtype = 'float32', backend, bias = false } = options
  checkFlag(op, 'bias', bias)
  const kind = { dtype, backend }
  const start = randn([classes, dim], generatorOf(op, options, 0), { ...kind, std: 1 / Math.sqrt(dim) })
  const W = parameter(start, kind)
  const b = bias ? parameter(zeros([classes], kind), kind) : undefined
  const parameters: Record<string, Tensor> = b === undefined ? { W } : { W, b }
  return {
    parameters,
    W,
    bias: b,
    seenBy: () => W,
    update() {},
    refreshEvery: 0,
    refresh() {},
    state: () => ({ tensors: snapshot(parameters), values: {} }),
    load(state) {
      checkTensors(op, parameters, state.tensors)
      checkNames(op, [], Object.keys(state.values))
      assignAll(parameters, state.tensors)
    },
  }
}
