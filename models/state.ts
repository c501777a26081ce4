import { type Json, type Stateful, type Tensor, tidy } from '../engine/index.ts'
import { snapshotOf } from '../engine/snapshots.ts'
import { mapRecord, type Snapshot } from '../engine/state.ts'

type Values = Readonly<Record<string, Json>>

/** What the parts know now, held until it is released. Copies no tensor. */
export const hold = (parts: Readonly<Record<string, Stateful>>): Record<string, Snapshot> =>
  tidy(() => mapRecord(parts, snapshotOf))

export function putBack(parts: Readonly<Record<string, Snapshot>>): void {
  tidy(() => {
    for (const part of Object.values(parts)) part.putBack()
  })
}

/** Disposes of what is left of these tensors, each once, wherever it stands. */
export function disposeAll(
  records: readonly (readonly Tensor[] | Readonly<Record<string, Tensor>> | undefined)[],
): void {
  for (const t of records.flatMap(record => Object.values(record ?? {}))) if (!t.disposed) t.dispose()
}

/** A whole number of the state, at least 0. */
export function count(what: string, values: Values, name: string): number {
  const value = values[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Error(`${what}: ${name} is a whole number, got ${JSON.stringify(value)}`)
  }
  return value
}

/** A generator's state, checked before anything is loaded. */
export function generatorState(what: string, name: string, value: Json | undefined): number[] {
  if (!Array.isArray(value) || value.length !== 4 || !value.every(n => n === (Number(n) | 0))) {
    throw new Error(`${what}: ${name} is a generator's state of 4 integers, got ${JSON.stringify(value)}`)
  }
  return value
}
