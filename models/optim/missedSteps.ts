import { type Tensor, tensor, tidy, where, zerosLike } from '../../engine/index.ts'
import { mapRecord } from '../../engine/state.ts'
import type { Rates, Rule } from './groups.ts'
import type { Moved } from './rowState.ts'

/** The steps that rows missed: row i all from step since + first_i on, each with its rates. */
export interface Missed {
  readonly since: number
  readonly rates: readonly Rates[]
  readonly first: Int32Array
}

/** Rows after the steps that they missed, by gradients of 0; undefined where it takes a rule that goes step by step. */
export type CatchUp<M extends string> = (rows: Moved<M>, missed: Missed) => Moved<M> | undefined

/** The same by any rule; the row that is longest behind comes first. */
export function stepByStep<M extends string>(
  rule: Rule<M>,
  rows: Moved<M>,
  { since, rates, first }: Missed,
): Moved<M> {
  const zero = zerosLike(rows.p)
  let moved = rows
  rates.forEach((each, i) => {
    const { p, ...moments } = moved
    moved = tidy(() => {
      const next = rule(p, zero, moments as unknown as Record<M, Tensor>, each, since + i)
      if (first[first.length - 1] <= i) return next
      const missed = tensor(
        Array.from(first, k => Number(k <= i)),
        {
          shape: [first.length, 1],
          dtype: p.dtype,
          backend: p.backend,
        },
      )
      return mapRecord(next as Moved<M>, (t, name) => where(missed, t, moved[name as M]))
    })
  })
  return moved
}
