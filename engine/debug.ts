import type { Backend, NDArray } from './backends/backend.ts'
import { checkFlag } from './check.ts'
import { format } from './shape.ts'

let debug = false

/** Check what enters and what every op makes for NaN, and name the first that has one. Slow: reads all back. */
export function setDebug(enabled: boolean): void {
  checkFlag('setDebug', 'enabled', enabled)
  debug = enabled
}

/** Throws when debug is on and `x`, made by `op`, holds a NaN. */
export function checkNaN(op: string, backend: Backend, x: NDArray): void {
  if (!debug) return
  const i = backend.readSync(x).findIndex(Number.isNaN)
  if (i >= 0)
    throw new Error(`${op}: numbers expected (debug is on), got NaN at element ${i} of ${format(x.shape)}`)
}
