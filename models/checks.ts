import { refusal, shown } from '../engine/check.ts'

/** Functions that make what is wanted; `sampling: instances` in place of `instances()` is the usual slip. */
export type Makers = Readonly<Record<string, unknown>>

/** Throws unless `value` is a function, and not one of those that make such functions and are to be called. */
export function checkMade(op: string, name: string, value: unknown, makers: Makers): void {
  for (const [maker, make] of Object.entries(makers)) {
    if (value === make) throw new Error(`${op}: ${name} as ${maker}() expected, got ${maker} uncalled`)
  }
  if (typeof value === 'function') return
  throw refusal(op, `${name} as a function, such as ${Object.keys(makers)[0]}(..),`, value)
}

/** Throws unless `value` is a function with a memory: a layer or a net, or a loss, `what` it is to be. */
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
