import { refusal } from '../../engine/check.ts'
import {
  add,
  clamp,
  concat,
  div,
  minimum,
  mul,
  noGrad,
  norm,
  reshape,
  type Tensor,
} from '../../engine/index.ts'
import { mapRecord } from '../../engine/state.ts'
import { refuseNotFinite } from '../finite.ts'
import { checkByName } from './groups.ts'

type Tensors = Readonly<Record<string, Tensor>>

/**
 * All gradients times min(1, maxNorm / (‖g‖ + 1e-6)), where ‖g‖, which comes back as `norm` [], is the length of
 * them all together: Pascanu 2013, as torch.nn.utils.clip_grad_norm_. Directions stay. Throws on gradients that are not
 * finite; on a backend that answers later it cannot look, and there the norm says so.
 */
export function clipGradNorm(grads: Tensors, maxNorm: number): Clipped {
  checkGradients('clipGradNorm', grads)
  refuseNotFinite('clipGradNorm', grads)
  return clipNorm(grads, maxNorm)
}

interface Clipped {
  grads: Record<string, Tensor>
  norm: Tensor
}

/** The same for gradients that are known to be finite: without a look at them. */
export function clipNorm(grads: Tensors, maxNorm: number): Clipped {
  atLeast0('clipGradNorm', maxNorm)
  return noGrad(() => {
    const lengths = Object.values(grads).map(g => reshape(norm(g), [1]))
    const total = norm(concat(lengths))
    const factor = minimum(div(maxNorm, add(total, 1e-6)), 1)
    return { grads: mapRecord(grads, g => mul(g, factor)), norm: total }
  })
}

/** Each element of each gradient held within [-limit, limit], as torch.nn.utils.clip_grad_value_. */
export function clipGradValue(grads: Tensors, limit: number): Record<string, Tensor> {
  checkGradients('clipGradValue', grads)
  atLeast0('clipGradValue', limit)
  return noGrad(() => mapRecord(grads, g => clamp(g, -limit, limit)))
}

function checkGradients(op: string, grads: Tensors): void {
  checkByName(op, grads, 'gradients by name, { weight, bias },', 'a gradient')
  if (Object.keys(grads).length === 0) throw new Error(`${op}: at least one gradient expected, got none`)
}

function atLeast0(op: string, limit: unknown): void {
  if (typeof limit !== 'number' || !(limit >= 0)) throw refusal(op, 'a limit >= 0', limit)
}
