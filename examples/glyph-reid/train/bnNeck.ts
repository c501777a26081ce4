import { add, concat, slice, type Tensor } from '../../../engine/index.ts'
import { type Loss, triplet } from '../../../losses/index.ts'
import { callable } from '../../../losses/loss.ts'
import { layers } from '../../../models/index.ts'

/** That of the paper, for distances of features as they are. */
const MARGIN = 0.3

/**
 * The net with a batch norm of fixed beta after it, from which it is taught and judged: features f before it and z = BN(f) side by side in
 * training, z alone otherwise. BNNeck, Luo 2019, arXiv:1903.07071, section 4.5.  x[N,...] -> [N,2D] or [N,D]
 */
export function withNeck(net: layers.Layer, dim: number): layers.Layer {
  const neck = layers.batchNorm({ channels: dim, fixBeta: true })
  const both = (f: Tensor, options?: layers.ForwardOptions): Tensor =>
    options?.training ? concat([f, neck(f, options)], 1) : neck(f, options)
  const { parameters, state, load } = neck
  return layers.sequential({ net, neck: Object.assign(both, { parameters, state, load }) })
}

/** `identity` of z, and triplets of f, the hardest of each anchor. Without f, which a net that is not trained leaves out, `identity` alone. */
export function neckLoss(identity: Loss, dim: number): Loss {
  const hardest = triplet({ margin: MARGIN, normalized: false })
  const part = (x: Tensor, k: 0 | 1): Tensor => slice(x, [0, k * dim], [x.shape[0], (k + 1) * dim])
  const z = (x: Tensor): Tensor => (x.shape[1] === dim ? x : part(x, 1))
  const { classes, parameters, reduction, updateAfter, refreshEvery, state, load, snapshot } = identity
  return callable((x, y) => add(identity(part(x, 1), y), hardest(part(x, 0), y)), {
    name: `bnneck(${identity.name})`,
    classes,
    parameters,
    reduction,
    get prototypes() {
      return identity.prototypes
    },
    logits: x => identity.logits(z(x)),
    update: (x, y, options) => identity.update(z(x), y, options),
    updateAfter,
    refreshEvery,
    refresh: (x, y) => identity.refresh(z(x), y),
    state,
    load,
    ...(snapshot && { snapshot }),
  })
}
