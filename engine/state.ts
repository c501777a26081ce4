import type { Tensor } from './tensor.ts'

export type Json = number | string | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** What must be kept to go on exactly: tensors by name, and the numbers and texts that JSON holds. */
export interface State {
  readonly tensors: Readonly<Record<string, Tensor>>
  readonly values: Readonly<Record<string, Json>>
}

/** A thing with a memory: a net, a loss, an optimiser, a generator. */
export interface Stateful {
  state(): State
  /** Takes over a state of the same names and shapes; throws, and changes nothing, when it does not fit. */
  load(state: State): void
}
