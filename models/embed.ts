import { refusal } from '../engine/check.ts'
import { concat, noGrad, slice, Tensor, tidy } from '../engine/index.ts'
import { checkCallable } from './checks.ts'
import { checkSamples, type Source } from './data/source.ts'
import type { Layer } from './layers/layer.ts'

/**
 * The embeddings of x as the trained net gives them: no dropout, running statistics, nothing augmented, no graph. `batch`
 * samples go through at a time, 256 by default, so that memory does not grow with N.  x[N,...] -> [N,D]
 */
export function embed(net: Layer, x: Tensor | Source, batch = 256): Tensor {
  checkCallable('embed', 'net', net, 'a net')
  checkSamples('embed', x)
  const n = x.shape[0]
  if (!(n >= 1)) throw new Error(`embed: at least one sample expected, got shape [${x.shape}]`)
  if (!Number.isInteger(batch) || batch < 1) throw refusal('embed', 'a batch >= 1', batch)
  const samples = (start: number, end: number): Tensor =>
    x instanceof Tensor
      ? slice(x, [start], [end])
      : x.rows(Array.from({ length: end - start }, (_, i) => start + i))
  const starts = Array.from({ length: Math.ceil(n / batch) }, (_, i) => i * batch)
  return noGrad(() =>
    tidy(() => concat(starts.map(i => tidy(() => net(samples(i, Math.min(n, i + batch))))))),
  )
}
