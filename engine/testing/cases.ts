import type { Backend, DType } from '../backends/backend.ts'
import { defaultBackend } from '../backends/registry.ts'
import { checkList, checkOptions, isRecord, type OptionNames, refusal } from '../check.ts'
import { checkOp } from '../checkSpec.ts'
import { tensor } from '../create.ts'
import type { Domain } from '../domain.ts'
import { apply } from '../op.ts'
import type { Generator } from '../random.ts'
import { parseSignature, type Shape, sizeOf } from '../shape.ts'
import type { OpSpec } from '../spec.ts'
import type { Tensor } from '../tensor.ts'
import { checkDomain, drawValues } from './grid.ts'

export interface Case {
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly attrs: object
}

export interface CaseOptions {
  /** Of the inputs that are not indices. Default float64. */
  dtype?: DType
  backend?: Backend
}

/** A random case of an op: shapes and attrs from its `sample` or else its signature, values from its domain. */
export function drawCase(op: OpSpec, rng: Generator, options: CaseOptions = {}): Case {
  checkOp('drawCase', op)
  checkOptions('drawCase', options, { dtype: true, backend: true } satisfies OptionNames<CaseOptions>)
  const drawn = op.sample?.(rng) ?? { shapes: drawShapes(op.signature, rng), attrs: {} }
  const inputs = Object.entries(op.domain).map(([name, domain]) => {
    return [name, drawTensor(rng, drawn.shapes[name], domain, { ...options, index: drawn.index })]
  })
  return { inputs: Object.fromEntries(inputs), attrs: drawn.attrs }
}

/** A tensor within a domain; indices lie in 0..index-1, on the backend of what they are indices into. */
export function drawTensor(
  rng: Generator,
  shape: Shape,
  domain: Domain,
  { dtype = 'float64', backend = defaultBackend(dtype), index = 1 }: CaseOptions & { index?: number } = {},
): Tensor {
  checkList('drawTensor', 'shape', shape, '[2, 3]')
  checkDomain('drawTensor', domain)
  const n = sizeOf(shape)
  if (domain.kind !== 'index') return tensor(drawValues(rng, n, domain), { shape, dtype, backend })
  return tensor(
    Int32Array.from({ length: n }, () => rng.integer(0, index - 1)),
    { shape, backend },
  )
}

/** Sizes for a signature: 1 to 4 for each letter, and for `...` leading sizes that broadcast. */
export function drawShapes(signature: string, rng: Generator): Record<string, Shape> {
  const { inputs } = parseSignature(signature)
  const sizes = new Map<string, number>()
  const size = (dim: string): number => {
    if (/^\d+$/.test(dim)) return Number(dim)
    if (!sizes.has(dim)) sizes.set(dim, rng.integer(1, 4))
    return sizes.get(dim) as number
  }
  const lead = Array.from({ length: rng.integer(0, 3) }, () => rng.integer(1, 4))
  const several = inputs.filter(x => x.ellipsis).length > 1
  return Object.fromEntries(
    inputs.map(({ name, ellipsis, dims }) => {
      const own = !ellipsis ? [] : several ? stretched(lead, rng) : lead
      return [name, [...own, ...dims.map(size)]]
    }),
  )
}

/** A shape that broadcasts to `shape`: leading axes left out, others set to 1; half of the time itself. */
function stretched(shape: Shape, rng: Generator): Shape {
  if (rng.uniform() < 0.5) return shape
  return shape.slice(rng.integer(0, shape.length)).map(n => (rng.uniform() < 0.3 ? 1 : n))
}

/** The inputs that a gradient can be asked for. */
export function differentiable(op: OpSpec): string[] {
  checkOp('differentiable', op)
  return Object.keys(op.domain).filter(
    name => op.domain[name].kind !== 'index' && op.vjp?.[name] !== 'nondifferentiable',
  )
}

/** An op on a case as a function of its differentiable inputs, the others held fixed: what gradcheck takes. */
export function asFunction(op: OpSpec, drawn: Case) {
  checkOp('asFunction', op)
  if (!isRecord(drawn?.inputs)) throw refusal('asFunction', 'a case, as drawCase gives one,', drawn)
  const { inputs, attrs } = drawn
  const names = differentiable(op)
  return {
    f: (xs: Readonly<Record<string, Tensor>>): Tensor => apply(op, { ...inputs, ...xs }, attrs),
    inputs: Object.fromEntries(names.map(name => [name, inputs[name]])),
  }
}
