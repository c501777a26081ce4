import type { Backend } from '../../../engine/backends/backend.ts'
import { concat, mul, reshape, type Tensor } from '../../../engine/index.ts'
import { GradcheckError, gradcheck } from '../../../engine/testing/index.ts'
import { DOUBLE, dtypeOf, FLOAT, numbersOf, type Place, tensorOf } from './elements.ts'
import { evaluate } from './evaluate.ts'
import { isSetting } from './node.ts'
import type { NodeTest } from './nodeTest.ts'
import type { Constant } from './proto.ts'
import { cannot, Unsaid } from './unsaid.ts'

/** `gradient` says whether finite differences could be compared with. */
export type Outcome =
  | { readonly is: 'passed'; readonly gradient: 'agrees' | 'none' | 'at an edge' }
  | { readonly is: 'unsaid'; readonly why: string }
  | { readonly is: 'failed'; readonly why: string }

/** A share of the largest element: float32 sums of up to some hundred terms. ONNX's own runner allows a hundred times as much. */
const TOLERANCE = 1e-5
/** Tests whose data are further off: those of windows take pi for 3.1415, and regions are written to four digits. */
const ROUGH = /window|roialign/
const ROUGH_TOLERANCE = 2e-4

/** Values on every backend that holds them, then gradients in float64. */
export async function check(test: NodeTest, backends: readonly Backend[], wide: Backend): Promise<Outcome> {
  try {
    for (const { type } of [...test.graph.inputs, ...test.graph.outputs]) {
      if (type === undefined) cannot('sequences and optionals')
      dtypeOf(type, { backend: wide, float: 'float64' })
    }
    for (const [i, backend] of backends.entries()) {
      try {
        await checkValues(test, { backend, float: 'float32' })
      } catch (error) {
        // The first holds all that can be said.
        if (i === 0 || !(error instanceof Unsaid)) throw at(backend.name, error)
      }
    }
    return { is: 'passed', gradient: checkGradients(test, { backend: wide, float: 'float64' }) }
  } catch (error) {
    const why = (error as Error).message
    return error instanceof Unsaid ? { is: 'unsaid', why } : { is: 'failed', why }
  }
}

const at = (backend: string, error: unknown): unknown =>
  error instanceof Unsaid ? error : new Error(`${backend}: ${(error as Error).message}`)

async function checkValues({ name, graph, sets }: NodeTest, place: Place): Promise<void> {
  const tolerance = ROUGH.test(name) ? ROUGH_TOLERANCE : TOLERANCE
  for (const { inputs, outputs } of sets) {
    const given = inputs.map(constant => tensorOf(constant, place))
    const made = evaluate(graph, given, place)
    for (const [i, expected] of outputs.entries())
      compare(`output ${i}`, expected, made[i].shape, await made[i].data(), tolerance)
    for (const t of new Set([...given, ...made])) if (!t.disposed) t.dispose()
  }
}

function compare(
  what: string,
  expected: Constant,
  shape: readonly number[],
  values: ArrayLike<number>,
  tolerance: number,
): void {
  if (`${shape}` !== `${expected.shape}`)
    throw new Error(`${what}: shape [${expected.shape}] expected, got [${shape}]`)
  const wanted = numbersOf(expected)
  const bound =
    tolerance * wanted.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most), 0)
  wanted.forEach((v, i) => {
    if (Object.is(v, values[i]) || v === values[i] || Math.abs(v - values[i]) <= bound) return
    throw new Error(`${what}: ${v} expected at element ${i} of [${shape}], got ${values[i]}`)
  })
}

/** Of all float outputs, in each float input. */
function checkGradients(
  { name, graph, sets: [{ inputs }] }: NodeTest,
  place: Place,
): 'agrees' | 'none' | 'at an edge' {
  const all = inputs.map(constant => tensorOf(constant, place))
  evaluate(graph, all, place)
  const isFloat = (i: number): boolean => graph.inputs[i].type === FLOAT || graph.inputs[i].type === DOUBLE
  const floats = all.flatMap((x, i) => (isFloat(i) && x.size > 0 && !isSetting(x) ? [i] : []))
  if (floats.length === 0) return 'none'
  const f = (xs: Readonly<Record<string, Tensor>>): Tensor => {
    const outputs = evaluate(
      graph,
      all.map((x, i) => xs[`x${i}`] ?? x),
      place,
    )
    const lines = outputs.filter(z => z.dtype === 'float64' && z.size > 0).map(z => reshape(z, [-1]))
    return lines.length === 0 ? mul(xs[`x${floats[0]}`], 0) : concat(lines)
  }
  try {
    gradcheck(f, Object.fromEntries(floats.map(i => [`x${i}`, all[i]])), { name })
    return 'agrees'
  } catch (error) {
    if (!(error instanceof GradcheckError)) throw error
    if (error.failure.kind === 'negligible') return 'none'
    // Or where a slope is infinite, or a step leads to where there are no numbers.
    if (error.failure.nonSmooth || error.failure.kind === 'nonfinite') return 'at an edge'
    throw error
  }
}
