import { refusal, shown } from '../engine/check.ts'
import { type Stateful, tidy } from '../engine/index.ts'

/** Factories of what is wanted, by name; `sampling: instances` in place of `instances()` is the usual slip. */
type Factories = Readonly<Record<string, unknown>>

/** Throws unless `value` is a function, and none of the factories of such functions, which are to be called. */
export function checkCalled(op: string, name: string, value: unknown, factories: Factories): void {
  for (const [factory, make] of Object.entries(factories)) {
    if (value === make) throw new Error(`${op}: ${name} as ${factory}() expected, got ${factory} uncalled`)
  }
  if (typeof value === 'function') return
  throw refusal(op, `${name} as a function, such as ${Object.keys(factories)[0]}(..),`, value)
}

/** Throws unless `value` is a function with a state: a layer, a net or a loss; `what` says which. */
export function checkCallable(
  op: string,
  name: string,
  value: unknown,
  what: string,
  methods: readonly string[] = [],
): void {
  if (typeof value !== 'function') throw refusal(op, `${name} as ${what}`, value)
  const members = value as unknown as Readonly<Record<string, unknown>>
  const whole = ['state', 'load', ...methods].every(method => typeof members[method] === 'function')
  if (whole && typeof members.parameters === 'object') return
  throw new Error(`${op}: ${name} as ${what} expected, got ${shown(value)}: is it to be called?`)
}

/** Throws unless `value` has a state, with at least one tensor in it, and loads one; `what` says which. */
export function checkStateful(op: string, name: string, value: unknown, what: string): void {
  const part = value as Partial<Stateful> | undefined | null
  if (typeof part?.state !== 'function' || typeof part.load !== 'function')
    throw refusal(op, `${name} as ${what}`, value)
  const { tensors } = tidy(() => ({ tensors: Object.keys((part as Stateful).state().tensors).length }))
  if (tensors === 0) throw new Error(`${op}: ${name} as ${what} with parameters expected, got one of none`)
}

/** Throws unless each of the numbers is finite and >= 0. */
export function checkAtLeast0(op: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (!(Number.isFinite(value) && value >= 0)) throw refusal(op, `${name} as a finite number >= 0`, value)
  }
}

/** Decay rates of running means lie in [0, 1). */
export function checkBelow1(op: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (typeof value !== 'number' || !(value >= 0 && value < 1))
      throw refusal(op, `${name} from 0 to below 1`, value)
  }
}
