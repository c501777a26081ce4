import type { Tensor } from '../engine/index.ts'

/** A number that is not finite, and its place; undefined where there is none, or where the backend answers later and cannot be asked. */
function oddOf(t: Tensor): { readonly value: number; readonly at: number } | undefined {
  if (t.dtype === 'int32' || t.size === 0 || !t.backend.synchronous) return undefined
  // Without a kernel: states are loaded where there is no memory left, too.
  const values = t.dataSync()
  const at = values.findIndex(v => !Number.isFinite(v))
  return at < 0 ? undefined : { value: values[at], at }
}

/** Throws on embeddings x[N,D] that are not finite, where the backend answers at once. */
export function refuseOddSamples(op: string, x: Tensor): void {
  const odd = oddOf(x)
  if (odd === undefined) return
  const sample = Math.floor((odd.at * x.shape[0]) / x.size)
  throw new Error(`${op}: finite embeddings expected, got ${odd.value} for sample ${sample}`)
}

/** Throws on tensors of a state that are not finite, where the backend answers at once: what no gradient trains would stay so. */
export function refuseOddState(op: string, tensors: Readonly<Record<string, Tensor>>): void {
  for (const [name, t] of Object.entries(tensors)) {
    const odd = oddOf(t)
    if (odd !== undefined)
      throw new Error(`${op}: load: ${name} of finite numbers expected, got ${odd.value}`)
  }
}
