import { checkList, type OptionNames, refusal } from '../../../engine/check.ts'
import { checkArray } from '../../evaluation/numbers.ts'
import { type Embeddings, unitRows } from '../../evaluation/unitRows.ts'

export interface EnrolOptions {
  /** q[N] > 0: what each image counts for in the mean, such as its sharpness. Default 1. */
  readonly quality?: ArrayLike<number>
  /** names[N]: what the images are called, for reports. Default: their numbers, from 0. */
  readonly names?: readonly string[]
}

export const ENROL = { quality: ['weights'], names: ['files'] } satisfies OptionNames<EnrolOptions>

/** u[N,D] of x, each with a direction. Throws, also on embeddings that are not finite, or of another length. */
export async function unitsOf(op: string, x: Embeddings, d: number): Promise<Float32Array[]> {
  const index = await unitRows(op, 'x', x)
  try {
    if (index.dimension !== d) throw new Error(`${op}: x[N,${d}] expected, got D = ${index.dimension}`)
    const values = Float32Array.from(await index.data())
    return Array.from({ length: index.size }, (_, i) => {
      const row = values.slice(i * d, (i + 1) * d)
      if (row.some(value => value !== 0)) return row
      throw new Error(`${op}: embeddings with a direction expected, got 0 in row ${i}`)
    })
  } finally {
    index.dispose()
  }
}

export function checkIdentity(op: string, identity: unknown): void {
  if (typeof identity !== 'string' || identity === '') throw refusal(op, 'identity as a name', identity)
}

export function weightsOf(op: string, quality: ArrayLike<number> | undefined, n: number): number[] {
  if (quality === undefined) return Array.from({ length: n }, () => 1)
  checkArray(op, 'quality, a number a row of x,', quality)
  if (quality.length !== n)
    throw new Error(`${op}: ${n} qualities expected, one a row of x, got ${quality.length}`)
  return Array.from(quality, (q, i) => {
    if (typeof q === 'number' && q > 0 && q < Infinity) return q
    throw refusal(op, `quality as finite numbers above 0, for row ${i}`, q)
  })
}

export function namesOf(op: string, names: readonly string[] | undefined, n: number, from: number): string[] {
  if (names === undefined) return Array.from({ length: n }, (_, i) => String(from + i))
  checkList(op, 'names', names, 'a text a row of x')
  if (names.length !== n) throw new Error(`${op}: ${n} names expected, one a row of x, got ${names.length}`)
  return names.map(name => {
    if (typeof name === 'string') return name
    throw refusal(op, 'names as texts', name)
  })
}
