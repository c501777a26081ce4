import type { Tensor, TypedArray } from '../engine/index.ts'

/** Work that asks for the values of tensors on its way, and says nothing of how they come. */
export type Reading<T> = globalThis.Generator<readonly Tensor[], T, readonly TypedArray[]>

/** The work done with values that come at once. */
export function atOnce<T>(work: Reading<T>): T {
  let next = work.next()
  while (!next.done) {
    let values: readonly TypedArray[]
    try {
      values = next.value.map(t => t.dataSync())
    } catch (error) {
      next = work.throw(error)
      continue
    }
    next = work.next(values)
  }
  return next.value
}

/** The work done with values that come later. */
export async function later<T>(work: Reading<T>): Promise<T> {
  let next = work.next()
  while (!next.done) {
    let values: readonly TypedArray[]
    try {
      values = await Promise.all(next.value.map(t => t.data()))
    } catch (error) {
      next = work.throw(error)
      continue
    }
    next = work.next(values)
  }
  return next.value
}
