import type { Generator, Tensor } from '../../engine/index.ts'
import { draw, type LossSample } from '../sampling.ts'

/** A random case for gradient checks, and the loss itself where f has what the loss holds constant. */
export interface PairSample extends LossSample {
  readonly loss: LossSample['f']
}

/** What a loss compares: by the samples' places, or those of a sample and a reference. */
export interface Geometry {
  readonly x: readonly (readonly number[])[]
  readonly y: Int32Array
  /** ‖x_i - x_j‖, of the unit vectors if asked for. */
  distance(i: number, j: number, unit: boolean): number
  cosine(i: number, j: number): number
}

/** How far what must not be 0 stays from it: some hundred steps of the differences. */
const CLEARANCE = 0.02
/** From here up no length and no distance is small. */
const LENGTH = 0.2
const TRIES = 1000

/** Samples of a few classes, at least two of one, whose loss is smooth nearby: nothing of `kinks` is near 0. */
export function clearSamples(
  rng: Generator,
  kinks: (at: Geometry) => readonly number[],
): { x: Tensor; y: Int32Array } {
  for (let i = 0; i < TRIES; i++) {
    const [n, dim, classes] = [rng.integer(3, 6), rng.integer(2, 5), rng.integer(2, 3)]
    const y = Int32Array.from({ length: n }, (_, k) => (k < 2 ? 0 : rng.integer(0, classes - 1)))
    y[n - 1] = 1
    const x = draw(rng, [n, dim])
    const at = geometry(x.toArray() as number[][], y)
    if (isApart(at) && kinks(at).every(v => Math.abs(v) > CLEARANCE)) return { x, y }
  }
  throw new Error(`sample: a case clear of kinks expected within ${TRIES} tries, got none`)
}

function geometry(x: readonly (readonly number[])[], y: Int32Array): Geometry {
  const unit = x.map(row => row.map(v => v / Math.hypot(...row)))
  const apart = (a: readonly number[], b: readonly number[]): number =>
    Math.hypot(...a.map((v, k) => v - b[k]))
  return {
    x,
    y,
    distance: (i, j, asUnit) => (asUnit ? apart(unit[i], unit[j]) : apart(x[i], x[j])),
    cosine: (i, j) => unit[i].reduce((total, v, k) => total + v * unit[j][k], 0),
  }
}

const isApart = ({ x, distance }: Geometry): boolean =>
  x.every(
    (row, i) => Math.hypot(...row) > LENGTH && x.every((_, j) => i === j || distance(i, j, true) > LENGTH),
  )

/** The pairs of one class, i and j in both orders; and those of two. */
export function pairsAmong(y: Int32Array): { same: [number, number][]; other: [number, number][] } {
  const all = Array.from(y).flatMap((_, i) => Array.from(y, (_, j): [number, number] => [i, j]))
  const off = all.filter(([i, j]) => i !== j)
  return { same: off.filter(([i, j]) => y[i] === y[j]), other: off.filter(([i, j]) => y[i] !== y[j]) }
}

/** All differences of two of the values. */
export const differences = (values: readonly number[]): number[] =>
  values.flatMap((v, i) => values.slice(i + 1).map(w => v - w))
