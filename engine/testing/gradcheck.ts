import { checkFunction, checkInteger, checkOptions, type OptionNames, refusal } from '../check.ts'
import { Generator } from '../random.ts'
import { format } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import type { Same, Tree } from '../tree.ts'
import { dot, looksNonSmooth, moved, norm, rounding, STEP, slope } from './differences.ts'
import { type Differentiable, firstOrder, secondOrder, sizeOfOutputs, trace } from './differentiable.ts'
import { type Failure, GradcheckError, worstElements } from './failure.ts'
import { direction } from './grid.ts'

export interface GradcheckOptions {
  /** 1, the default, checks the gradient; 2 checks it and the gradient's own gradient. */
  order?: 1 | 2
  /** Of the random directions and cotangents. Default 0. */
  seed?: number
  /** Of the differences. Default 2^-12, for an f that changes over distances of about 1 (differences.ts). */
  step?: number
  /** The relative error to allow. Default 1e-6 for order 1 and 1e-5 for order 2, whose differences differ a gradient. */
  tolerance?: number
  /** Random directions an input: one alone may happen to be orthogonal to the error. Default 2. */
  directions?: number
  /** What an error calls f. Default f's own name. */
  name?: string
  /** What an error should add so that the case can be found again, such as its number. */
  path?: string | number
}

export interface OrderReport {
  readonly order: 1 | 2
  /** How many slopes were compared. */
  readonly cases: number
  readonly worst: number
  /** The input with the worst relative error. */
  readonly where: string
}

export interface GradcheckResult {
  readonly worst: number
  readonly cases: number
  readonly orders: readonly OrderReport[]
}

// biome-ignore format: a line
const KNOWN = { order: true, seed: true, step: true, tolerance: true, directions: true, name: true, path: true } as const satisfies OptionNames<GradcheckOptions>

type Settings = Required<Omit<GradcheckOptions, 'tolerance' | 'path' | 'order'>> & {
  tolerance: number
  path?: string
}

/**
 * Holds the gradient of f against finite differences: for each input x in turn, <J^T u, v> by `grad` against
 * d<u, f(x + t v)>/dt, with a random cotangent u and random directions v. Inputs are float64 tensors, as `grad`
 * takes them: one, or a tree of them.
 *
 *     gradcheck(({ x, w }) => myLoss(x, w), { x, w }, { order: 2 })
 *
 * The error is relative to ‖J^T u‖ times v's mean size, not to <J^T u, v>: a slope is a sum in which terms may
 * cancel, and a right gradient would look wrong whenever they happen to. A slope that rounding of f hides counts
 * as negligible. Throws a GradcheckError on a wrong, non-finite, or (in all inputs) negligible gradient.
 */
export function gradcheck<const T extends Tree>(
  f: (xs: Same<T>) => Tensor,
  inputs: T,
  given: GradcheckOptions = {},
): GradcheckResult {
  checkFunction('gradcheck', 'f', f)
  checkOptions('gradcheck', given, KNOWN)
  const { order = 1, path, tolerance, ...options } = given
  if (order !== 1 && order !== 2) throw refusal('gradcheck', 'order 1 or 2', order)
  const settings = {
    seed: 0,
    step: STEP,
    directions: 2,
    name: f.name || 'f',
    ...options,
    path: path?.toString(),
  }
  for (const [what, value] of Object.entries({ tolerance: tolerance ?? 1, step: settings.step })) {
    if (!(value > 0 && value < Infinity)) throw refusal('gradcheck', `a ${what} above 0`, value)
  }
  checkInteger('gradcheck', 'directions', settings.directions, 1)
  const rng = new Generator(settings.seed)
  const traced = trace(f, inputs)
  const first = firstOrder(traced)
  const u = direction(rng, sizeOfOutputs(first))
  const orders = [compare(first, u, rng, { ...settings, tolerance: tolerance ?? 1e-6 })]
  if (order === 2) {
    const second = secondOrder(traced, u)
    const w = direction(rng, sizeOfOutputs(second))
    orders.push(compare(second, w, rng, { ...settings, tolerance: tolerance ?? 1e-5 }))
  }
  return {
    worst: Math.max(...orders.map(o => o.worst)),
    cases: orders.reduce((n, o) => n + o.cases, 0),
    orders,
  }
}

/** One order: every input along every direction. */
function compare(F: Differentiable, u: Float64Array, rng: Generator, settings: Settings): OrderReport {
  const { step, tolerance, directions, name, seed, path } = settings
  const fail = (failure: Partial<Failure> & Pick<Failure, 'kind'>, options?: ErrorOptions): never => {
    const rest = { name, order: F.order, tolerance, elements: [], nonSmooth: false, step, seed, path }
    throw new GradcheckError({ ...rest, ...failure }, options)
  }
  const finite = (values: Float64Array, what: string): void => {
    const bad = values.findIndex(x => !Number.isFinite(x))
    if (bad >= 0) fail({ kind: 'nonfinite', detail: `${values[bad]} in element ${bad} of ${what}` })
  }
  const attempt = <R>(run: () => R): R => {
    try {
      return run()
    } catch (error) {
      return fail({ kind: 'threw', detail: (error as Error).message }, { cause: error })
    }
  }
  const value = attempt(() => F.evaluate(F.point))
  finite(value, F.outputs.map(o => o.name + format(o.shape)).join(' '))
  const gradient = attempt(() => F.pull(u))
  // A slope this small, next to the rounding of F, says too little to count; it still has to be right to where others are. Ten
  // times: what F makes on its way may be larger than its value, and rounds accordingly.
  const floor = (10 * rounding(value, u, step)) / tolerance
  const report = { order: F.order, cases: 0, worst: 0, where: F.inputs[0].name }
  let telling = false
  F.inputs.forEach((x, k) => {
    const g = gradient[k]
    finite(g, `the gradient in ${x.name}${format(x.shape)}`)
    for (let d = 0; d < directions && g.length > 0; d++) {
      const v = direction(rng, g.length)
      const along = (t: number): Float64Array => F.evaluate(moved(F.point, k, v, t))
      const slopes = attempt(() => slope(along, step))
      finite(slopes, `the differences along ${x.name}${format(x.shape)}`)
      const [analytic, numeric] = [dot(g, v), dot(slopes, u)]
      const size = Math.max((norm(g) * norm(v)) / Math.sqrt(g.length), Math.abs(numeric))
      const off = Math.abs(analytic - numeric)
      const counts = size > floor
      const error = off / size
      telling ||= counts
      report.cases++
      if (counts && error > report.worst) Object.assign(report, { worst: error, where: x.name })
      if (off > tolerance * Math.max(size, floor)) {
        const nonSmooth = looksNonSmooth(t => dot(along(t), u), step, off)
        const elements = worstElements(F, step, tolerance)
        fail({ kind: 'wrong', input: x.name, analytic, numeric, error, elements, nonSmooth })
      }
    }
  })
  if (!telling) fail({ kind: 'negligible' })
  return report
}
