import { refusal } from './check.ts'
import { put } from './nested.ts'
import { sameShape } from './shape.ts'
import { describe, Tensor } from './tensor.ts'

export type Json = number | string | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** What must be kept to go on exactly: tensors by name, and the numbers and texts that JSON holds. */
export interface State {
  readonly tensors: Readonly<Record<string, Tensor>>
  readonly values: Readonly<Record<string, Json>>
}

/** What a thing knew at a moment, until it is released. In place of a table stands one number, not finite where one of its is not. */
export interface Snapshot extends State {
  /** The whole state of then. */
  state(): State
  /** Gives it back to the thing. */
  putBack(): void
  release(): void
}

/** A thing with a memory: a net, a loss, an optimiser, a generator. */
export interface Stateful {
  state(): State
  /** Takes over a state of the same names and shapes; throws, and changes nothing, when it does not fit. */
  load(state: State): void
  /** Of a thing whose state is too large to be held beside it; of others, it is their state. */
  snapshot?(): Snapshot
}

type Tensors = Readonly<Record<string, Tensor>>

/** The tensors as they are now: what is assigned to them later does not reach the snapshot. Copies nothing. */
export function snapshot<Name extends string>(tensors: Readonly<Record<Name, Tensor>>): Record<Name, Tensor> {
  return mapRecord(tensors, ({ array, backend }) => {
    array.buffer.refs++
    return new Tensor(array, backend)
  })
}

/** Throws unless `state` has the form of one: above all, the bytes of a checkpoint are none. */
export function checkState(what: string, state: State): void {
  const parts = [state?.tensors, state?.values] as readonly unknown[]
  if (parts.every(part => typeof part === 'object' && part !== null)) return
  throw refusal(what, 'a state, { tensors, values }, as state() and loadCheckpoint() give it,', state)
}

/** Throws unless `given` has the names of `own`, and under each a tensor of its shape, dtype and backend. */
export function checkTensors(
  what: string,
  own: Readonly<Record<string, Pick<Tensor, 'shape' | 'dtype' | 'backend'>>>,
  given: Tensors,
): void {
  if (typeof given !== 'object' || given === null) throw refusal(what, 'tensors by name', given)
  checkNames(what, Object.keys(own), Object.keys(given))
  for (const name of Object.keys(own)) {
    const expected = own[name]
    const t: unknown = given[name]
    if (!(t instanceof Tensor)) throw refusal(what, `${name} as a tensor`, t)
    if (!alike(t, expected)) throw new Error(`${what}: ${name} is ${describe(expected)}, got ${describe(t)}`)
  }
}

const alike = (t: Tensor, own: Pick<Tensor, 'shape' | 'dtype' | 'backend'>): boolean =>
  sameShape(t.shape, own.shape) && t.dtype === own.dtype && t.backend.name === own.backend.name

/** Throws unless both have the same names, in any order. */
export function checkNames(what: string, own: readonly string[], given: readonly string[]): void {
  if (own.length === given.length && own.every((name, i) => name === given[i])) return
  const missing = own.filter(name => !given.includes(name))
  const unknown = given.filter(name => !own.includes(name))
  if (missing.length + unknown.length === 0) return
  const list = (names: readonly string[]): string => names.join(', ') || 'none'
  throw new Error(`${what}: other names expected, got missing: ${list(missing)}; unknown: ${list(unknown)}`)
}

/** Gives each tensor of `own` the values of its namesake; check them first. */
export function assignAll(own: Tensors, given: Tensors): void {
  for (const [name, t] of Object.entries(own)) t.assign(given[name])
}

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
  const joined: Record<string, T> = {}
  for (const part of Object.keys(parts)) {
    for (const name of Object.keys(parts[part])) joined[`${part}.${name}`] = parts[part][name]
  }
  return joined
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

function under<T>(part: string, entries: Readonly<Record<string, T>>): Record<string, T> {
  const prefix = `${part}.`
  const mine = Object.entries(entries).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(mine.map(([name, entry]) => [name.slice(prefix.length), entry]))
}

/** f of each entry, under its name. */
export function mapRecord<Name extends string, A, B>(
  record: Readonly<Record<Name, A>>,
  f: (a: A, name: string) => B,
): Record<Name, B> {
  const mapped = {} as Record<Name, B>
  for (const name of Object.keys(record) as Name[]) put(mapped, name, f(record[name], name))
  return mapped
}

/** The entries that `wanted` tells. */
export function only<A>(
  record: Readonly<Record<string, A>>,
  wanted: (a: A, name: string) => boolean,
): Record<string, A> {
  const some: Record<string, A> = {}
  for (const name of Object.keys(record)) if (wanted(record[name], name)) put(some, name, record[name])
  return some
}
