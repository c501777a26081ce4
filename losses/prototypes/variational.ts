import {
  checkInteger,
  checkNumber,
  checkOptions,
  isRecord,
  type OptionNames,
  refusal,
} from '../../engine/check.ts'
import {
  add,
  full,
  keep,
  less,
  minimum,
  mul,
  noGrad,
  normalize,
  sub,
  type Tensor,
  take,
  tensor,
  tidy,
  where,
  zeros,
} from '../../engine/index.ts'
import { assignAll } from '../../engine/state.ts'
import type { ClassIndices } from '../labels.ts'
import { checkLossName } from '../lossName.ts'
import { type LearnedOptions, learned, ofTensors, type Prototypes } from './prototypes.ts'

/** How a learned weight is blended with a feature. */
export interface Blend {
  /** The share of the feature, 0 to below 1. Default 0.15. */
  readonly lambda: number
  /** A feature counts for so many updates, an integer >= 1. Default 200. */
  readonly maxAge: number
}

export interface BlendOptions {
  /** Blends each learned w_j with its class's latest feature (`variational`): true, or what differs from the defaults. Default false. */
  blend?: boolean | Partial<Blend>
}

export const BLEND_OPTIONS = { blend: ['variational', 'vpl'] } satisfies OptionNames<BlendOptions>

const KNOWN = { lambda: ['share', 'weight'], maxAge: ['allowedDelta', 'delta'] } satisfies OptionNames<Blend>

function blendOf(op: string, given: true | Partial<Blend>): Blend {
  const own = given === true ? {} : given
  if (!isRecord(own)) throw refusal(op, 'blend as true, false or { lambda, maxAge }', given)
  checkOptions(`${op}: blend`, own, KNOWN)
  const { lambda = 0.15, maxAge = 200 } = own
  checkNumber(`${op}: blend`, 'lambda', lambda, 0)
  if (lambda >= 1) throw refusal(`${op}: blend`, 'lambda as a number from 0 to below 1', lambda)
  checkInteger(`${op}: blend`, 'maxAge', maxAge, 1)
  return { lambda, maxAge }
}

/**
 * w_j = normalize((1 - lambda) W_j / ‖W_j‖ + lambda f_j): W_j is learned, f_j = x / ‖x‖ of the class's latest sample, a constant, and
 * lambda is 0 while the class has had no sample within the last `maxAge` updates. Variational prototype learning, Deng 2021
 * (CVPR), by the authors' published code, which begins after 8,000 steps; here from the first. `update` follows the loss.
 */
export function variational(op: string, options: LearnedOptions, blend: true | Partial<Blend>): Prototypes {
  checkLossName('variational', op)
  const { lambda, maxAge } = blendOf(op, blend)
  const base = learned(op, options)
  const { classes, dim, dtype = 'float32', backend } = options
  const kind = { dtype, backend }
  const memory = {
    features: keep(zeros([classes, dim], kind)),
    age: keep(full([classes, 1], maxAge, kind)),
  }
  const tensors = { ...base.parameters, ...memory }

  function blended(): Tensor {
    const share = mul(less(memory.age, maxAge), lambda)
    return normalize(add(mul(normalize(base.W), sub(1, share)), mul(memory.features, share)))
  }

  function after(x: Tensor, y: ClassIndices): typeof memory {
    const latest = new Int32Array(classes).fill(-1)
    for (let i = 0; i < y.length; i++) latest[y[i]] = i
    const { dtype, backend } = memory.features
    const absent = tensor(
      Array.from(latest, i => Number(i < 0)),
      { shape: [classes, 1], dtype, backend },
    )
    const sample = tensor(
      latest.map(i => Math.max(i, 0)),
      { backend },
    )
    return {
      features: where(absent, memory.features, take(normalize(x), sample)),
      age: where(absent, minimum(add(memory.age, 1), maxAge), 0),
    }
  }

  return {
    parameters: base.parameters,
    get W() {
      return blended()
    },
    bias: base.bias,
    forBatch: () => ({ W: blended(), b: base.bias }),
    updateAfter: true,
    update: (x, y) => noGrad(() => tidy(() => assignAll(memory, after(x, y)))),
    refreshEvery: 0,
    refresh() {},
    ...ofTensors(op, tensors),
  }
}
