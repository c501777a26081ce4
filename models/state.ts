import { type Json, type State, type Stateful, type Tensor, tidy } from '../engine/index.ts'
import { checkNames, checkState, snapshot } from '../engine/state.ts'

type Values = Readonly<Record<string, Json>>

/** One state of many: `weight` of the part `conv1` becomes `conv1.weight`. */
export function joinStates(parts: Readonly<Record<string, State>>): State {
  return {
    tensors: joinNames(mapRecord(parts, part => part.tensors)),
    values: joinNames(mapRecord(parts, part => part.values)),
  }
}

/** The parts' entries under `part.name`. */
export function joinNames<T>(
  parts: Readonly<Record<string, Readonly<Record<string, T>>>>,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, entries]) =>
      Object.entries(entries).map(([name, entry]) => [`${part}.${name}`, entry]),
    ),
  )
}

/** Loads a joined state into its parts; when one of them refuses, those before it take back what they had. */
export function loadParts(what: string, parts: Readonly<Record<string, Stateful>>, state: State): void {
  checkState(what, state)
  const known = (name: string): boolean => Object.keys(parts).some(part => name.startsWith(`${part}.`))
  const unknown = [...Object.keys(state.tensors), ...Object.keys(state.values)].filter(name => !known(name))
  checkNames(what, [], unknown)
  const loaded: [Stateful, State][] = []
  for (const [name, part] of Object.entries(parts)) {
    const before = part.state()
    loaded.push([part, { tensors: snapshot(before.tensors), values: before.values }])
    try {
      part.load({ tensors: under(name, state.tensors), values: under(name, state.values) })
    } catch (error) {
      for (const [done, old] of loaded) done.load(old)
      throw new Error(`${what}: ${name}: ${(error as Error).message}`, { cause: error })
    }
  }
}

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

function under<T>(part: string, entries: Readonly<Record<string, T>>): Record<string, T> {
  const prefix = `${part}.`
  const mine = Object.entries(entries).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(mine.map(([name, entry]) => [name.slice(prefix.length), entry]))
}

export function mapRecord<A, B>(record: Readonly<Record<string, A>>, f: (a: A, name: string) => B) {
  return Object.fromEntries(Object.entries(record).map(([name, a]) => [name, f(a, name)])) as Record<
    string,
    B
  >
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
