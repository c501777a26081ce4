import { type Case, type Input, type Layout, sampleOf, valuesOf } from '../cases/case.ts'
import type { Prepared } from './adapter.ts'

export type Attrs = Case['attrs']

/** A library that computes one op at a time on arrays T of its own. */
export interface Library<T> {
  upload(values: Float32Array | Int32Array, input: Input): T | Promise<T>
  readonly ops: Readonly<Record<string, (inputs: readonly T[], attrs: Attrs) => T>>
  /** Waits until z is computed; without it, it is when the op returns. */
  finish?(z: T): Promise<unknown>
  read(z: T, layout: Layout | undefined): ArrayLike<number> | Promise<ArrayLike<number>>
  free(x: T): void
}

/** A case of one op: each call gives the result before it back and computes another. */
export async function prepareOp<T>(library: Library<T>, c: Case): Promise<Prepared> {
  const op = library.ops[c.op]
  if (op === undefined) throw new Error(`has no ${c.op}`)
  const inputs: T[] = []
  for (const [i, input] of c.inputs.entries()) {
    inputs.push(await library.upload(valuesOf(input, i), input))
  }
  let z: T | undefined
  return {
    call() {
      if (z !== undefined) library.free(z)
      z = undefined
      z = op(inputs, c.attrs)
      return library.finish?.(z) as Promise<void> | undefined
    },
    outputs: async () => [sampleOf(await library.read(z!, c.outputLayout))],
    end() {
      for (const x of z === undefined ? inputs : [...inputs, z]) library.free(x)
    },
  }
}
