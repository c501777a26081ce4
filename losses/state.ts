import type { Json, State, Tensor } from '../engine/index.ts'
import { noGrad, stopGradient } from '../engine/index.ts'
import { sameShape } from '../engine/shape.ts'
import { describe } from '../engine/tensor.ts'

/** The tensors as they are now: later `assign`s do not reach them. */
export function snapshot(tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, noGrad(() => stopGradient(t))]))
}

/** Throws unless `state` holds these tensors, of these shapes, dtypes and backends, and these numbers. */
export function checkState(
  op: string,
  state: State,
  tensors: Readonly<Record<string, Tensor>>,
  values: Readonly<Record<string, Json>>,
): void {
  sameNames(op, 'tensors', Object.keys(tensors), Object.keys(state.tensors))
  sameNames(op, 'values', Object.keys(values), Object.keys(state.values))
  for (const [name, own] of Object.entries(tensors)) {
    const t = state.tensors[name]
    if (!sameShape(t.shape, own.shape) || t.dtype !== own.dtype || t.backend !== own.backend) {
      throw new Error(`${op}: load: ${name} is ${describe(own)}, got ${describe(t)}`)
    }
  }
}

function sameNames(op: string, what: string, expected: readonly string[], actual: readonly string[]): void {
  if (expected.length === actual.length && expected.every(name => actual.includes(name))) return
  throw new Error(`${op}: load: ${what} [${expected.join(', ')}] expected, got [${actual.join(', ')}]`)
}
