import { max, noGrad, norm, type Tensor, tidy } from '../engine/index.ts'

/** Up to here squares of distances, and their sums over the pairs of a batch, are finite, and less than what stands for those left out. */
const MOST = { float32: 1e14, float64: 1e145 }

/**
 * Throws on x[N,D] longer than 1e14, in float64 1e145, where lengths are not left out, if the backend answers at once. NaN passes,
 * and is seen in the loss.
 */
export function checkLengths(op: string, x: Tensor): void {
  if (!x.backend.synchronous || x.size === 0) return
  const longest = noGrad(() => tidy(() => max(norm(x, { axis: -1 })).item()))
  const most = MOST[x.dtype === 'float64' ? 'float64' : 'float32']
  if (longest > most) {
    const lengths = `lengths up to ${most.toExponential()}`
    throw new Error(`${op}: embeddings of ${lengths} expected, got ${longest.toPrecision(3)}`)
  }
}
