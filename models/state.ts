import { type Json, type State, type Stateful, type Tensor, tidy } from '../engine/index.ts'
import { mapRecord, snapshot } from '../engine/state.ts'

type Values = Readonly<Record<string, Json>>

/** What the parts know now, held until it is disposed of: `putBack` gives it back to them. Copies nothing. */
export function hold(parts: Readonly<Record<string, Stateful>>): Record<string, State> {
  return tidy(() =>
    mapRecord(parts, part => {
      const { tensors, values } = part.state()
      return { tensors: snapshot(tensors), values }
    }),
  )
}

export function putBack(
  parts: Readonly<Record<string, Stateful>>,
  held: Readonly<Record<string, State>>,
): void {
  tidy(() => {
    for (const [name, part] of Object.entries(parts)) part.load(held[name])
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
