import type { Tensor } from '../engine/index.ts'
import { callable, checkBatch, checkInput, type Loss, type LossOptions } from './loss.ts'
import { cosTheta } from './margins/angle.ts'
import type { Prototypes } from './prototypes/prototypes.ts'

/**
 * A loss out of what it is of x[N,D] and checked labels, over prototypes W[C,D] that no batch moves: an update only checks its batch,
 * and `logits` are the cosines.
 */
export function overUnmoved(
  name: string,
  options: LossOptions,
  { W, parameters, state, load }: Pick<Prototypes, 'W' | 'parameters' | 'state' | 'load'>,
  lossOf: (x: Tensor, y: Int32Array) => Tensor,
): Loss {
  const { classes, reduction = 'mean' } = options
  return callable((x, y) => lossOf(x, checkBatch(name, options, x, y)), {
    name,
    classes,
    reduction,
    parameters,
    prototypes: W,
    logits(x) {
      checkInput(name, options, x)
      return cosTheta(x, W)
    },
    update(x, y) {
      checkBatch(name, options, x, y)
    },
    updateAfter: undefined,
    refreshEvery: 0,
    refresh(x, y) {
      checkBatch(name, options, x, y)
    },
    state,
    load,
  })
}
