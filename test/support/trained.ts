import { type Generator, tidy, uniform } from '../../engine/index.ts'
import type { Layer } from '../../models/index.ts'

/** Vectors that start as ones and zeros (batch norm's, slopes, powers) get values of their own, as training gives them. */
export function asIfTrained(net: Layer, rng: Generator): Layer {
  tidy(() => {
    const { tensors, values } = net.state()
    const moved = Object.entries(tensors).map(([name, t]) => {
      const low = /gamma|Variance|(^|\.)p$/.test(name) ? 0.5 : -0.5
      return [name, t.rank > 1 ? t : uniform(t.shape, rng, { low, high: low + 1, dtype: t.dtype })]
    })
    net.load({ tensors: Object.fromEntries(moved), values })
  })
  return net
}
