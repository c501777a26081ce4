import { format } from '../shape.ts'
import { slope } from './differences.ts'
import { type Differentiable, sizeOfOutputs } from './differentiable.ts'

/** One element of a Jacobian, by the gradient (`analytic`) and by differences (`numeric`). */
export interface Element {
  readonly output: string
  readonly outputIndex: readonly number[]
  readonly input: string
  readonly inputIndex: readonly number[]
  readonly analytic: number
  readonly numeric: number
}

export interface Failure {
  /** A gradient that is wrong, not finite, or of a wrong form; or all of them too small to prove anything. */
  readonly kind: 'wrong' | 'nonfinite' | 'threw' | 'negligible'
  readonly name: string
  readonly order: 1 | 2
  /** The input that was moved, and the slope along the random direction. */
  readonly input?: string
  readonly analytic?: number
  readonly numeric?: number
  readonly error?: number
  readonly tolerance: number
  /** The elements of the Jacobian that are off most, the worst first. */
  readonly elements: readonly Element[]
  readonly nonSmooth: boolean
  readonly detail?: string
  readonly step: number
  readonly seed: number
  readonly path?: string
}

/** What `gradcheck` throws: the message in words, `failure` for programs. */
export class GradcheckError extends Error {
  override readonly name = 'GradcheckError'
  readonly failure: Failure

  constructor(failure: Failure, options?: ErrorOptions) {
    super(message(failure), options)
    this.failure = failure
  }
}

function message(x: Failure): string {
  const derivative = x.order === 1 ? 'gradient' : 'second derivative'
  const found = {
    wrong: () =>
      `the ${derivative} in ${x.input}: ${x.numeric} by differences expected, got ${x.analytic} (relative error ` +
      `${x.error?.toExponential(1)}, tolerance ${x.tolerance})${x.elements.map(e => `; ${worded(e)}`).join('')}`,
    nonfinite: () => `finite numbers expected, got ${x.detail}`,
    threw: () => `the ${derivative} threw: ${x.detail}`,
    negligible: () =>
      `a ${derivative} that is not negligible expected, for zeros prove nothing, got all of them within rounding of 0`,
  }
  const hint = x.nonSmooth
    ? '; differences with a smaller step disagree: the function looks non-smooth here (a kink or a jump)'
    : ''
  const path = x.path === undefined ? '' : `, path ${x.path}`
  return `gradcheck: ${x.name}: order ${x.order}: ${found[x.kind]()}${hint} [step ${x.step}, seed ${x.seed}${path}]`
}

const worded = (e: Element): string =>
  `d ${e.output}${format(e.outputIndex)} / d ${e.input}${format(e.inputIndex)} is ${e.numeric}, got ${e.analytic}`

/** Beyond this many elements a Jacobian takes minutes, and is not gone through. */
const LIMIT = 2 ** 20

/** The elements of the Jacobian that are off by more than `tolerance` of its largest, at most three, worst first. */
export function worstElements(F: Differentiable, step: number, tolerance: number): Element[] {
  const m = sizeOfOutputs(F)
  if (m * F.point.reduce((n, x) => n + x.length, 0) > LIMIT) return []
  const rows = Array.from({ length: m }, (_, i) => F.pull(unit(m, i)))
  const elements: (Element & { off: number })[] = []
  let largest = 0
  F.point.forEach((x, k) => {
    for (let j = 0; j < x.length; j++) {
      const e = unit(x.length, j)
      const column = slope(
        t => F.evaluate(F.point.map((p, l) => (l === k ? p.map((v, a) => v + t * e[a]) : p))),
        step,
      )
      column.forEach((numeric, i) => {
        const analytic = rows[i][k][j]
        largest = Math.max(largest, Math.abs(numeric), Math.abs(analytic))
        const off = Math.abs(analytic - numeric)
        if (off === 0) return
        const { name: output, index: outputIndex } = place(F.outputs, i)
        const { name: input, index: inputIndex } = place([F.inputs[k]], j)
        elements.push({ output, outputIndex, input, inputIndex, analytic, numeric, off })
        elements.sort((a, b) => b.off - a.off).splice(3)
      })
    }
  })
  return elements.filter(e => !(e.off <= tolerance * largest)).map(({ off, ...element }) => element)
}

const unit = (n: number, i: number): Float64Array => new Float64Array(n).fill(1, i, i + 1)

/** Which variable the i-th of all elements belongs to, and its index there. */
function place(variables: Differentiable['outputs'], i: number): { name: string; index: number[] } {
  let rest = i
  for (const { name, shape } of variables) {
    const size = shape.reduce((n, d) => n * d, 1)
    if (rest < size) {
      const index = shape.map((_, axis) => {
        const inner = shape.slice(axis + 1).reduce((n, d) => n * d, 1)
        return Math.floor(rest / inner) % shape[axis]
      })
      return { name, index }
    }
    rest -= size
  }
  throw new Error(`place: an element below ${i - rest} expected, got ${i}`)
}
