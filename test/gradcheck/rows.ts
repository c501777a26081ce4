import { closest } from 'fastest-levenshtein'
import { type Generator, OPS, type Tensor } from '../../engine/index.ts'
import { asFunction, differentiable, drawCase } from '../../engine/testing/index.ts'
import { PAIR_LOSSES } from '../../losses/pairs/registry.ts'
import { LOSSES } from '../../losses/registry.ts'

type Inputs = Readonly<Record<string, Tensor>>

/** Something to check: an op or a loss, and how to draw a random case of it. */
export interface Row {
  readonly kind: 'op' | 'loss'
  readonly name: string
  draw(rng: Generator): { f: (inputs: Inputs) => Tensor; inputs: Inputs; step?: number }
}

/** Every op that has a gradient, and every loss. */
export const ROWS: readonly Row[] = [
  ...OPS.filter(op => differentiable(op).length > 0).map(op => ({
    kind: 'op' as const,
    name: op.name,
    draw: (rng: Generator) => asFunction(op, drawCase(op, rng)),
  })),
  ...LOSSES.map(row => ({
    kind: 'loss' as const,
    name: row.name,
    draw: (rng: Generator) => row.sample(rng),
  })),
  ...PAIR_LOSSES.map(row => ({
    kind: 'loss' as const,
    name: row.name,
    draw(rng: Generator) {
      const { f, inputs } = row.sample(rng)
      return { f, inputs }
    },
  })),
]

/** The ops that have no gradient to check. */
export const UNCHECKED: readonly string[] = OPS.filter(op => differentiable(op).length === 0).map(
  op => op.name,
)

/** The row of that name, or all whose names contain it; throws, naming the nearest, when there is none. */
export function select(filter: string | undefined, rows: readonly Row[] = ROWS): readonly Row[] {
  if (filter === undefined) return rows
  const exact = rows.filter(row => row.name === filter)
  if (exact.length > 0) return exact
  const containing = rows.filter(row => row.name.toLowerCase().includes(filter.toLowerCase()))
  if (containing.length > 0) return containing
  const nearest = closest(
    filter,
    rows.map(row => row.name),
  )
  throw new Error(`gradcheck: the name of an op or a loss expected, got ${filter}: did you mean ${nearest}?`)
}
