import type { Check } from './attrs.ts'
import type { Backend, Binary, NDArray, Unary } from './backends/backend.ts'
import { backend as backendOf } from './backends/registry.ts'
import { checkOp, checkSpec } from './checkSpec.ts'
import { checkNaN } from './debug.ts'
import { checkInt32 } from './dtype.ts'
import { noteRead } from './effects.ts'
import { isRecorded, isRecording, noGrad, record } from './recording.ts'
import { bind, checkSize, type Shape } from './shape.ts'
import type { Composed, OpSpec, Primitive } from './spec.ts'
import { checkTensor, describe, Tensor } from './tensor.ts'
import { tidy } from './tidy.ts'

/** Gives a spec its types; every op is defined through it. Throws, by name, on what is no spec. */
export function defineOp<I extends string, A = object>(spec: OpSpec<I, A>): OpSpec<I, A> {
  checkSpec(spec as unknown as OpSpec)
  return spec
}

/** Of an op that has no attributes. */
const NONE: object = Object.freeze({})

type Row<I extends string> = Omit<Primitive<I, object>, 'name' | 'signature' | 'forward'>

/** An op of one input, elementwise, by the kernel of its name. */
export const unaryOp = (name: Unary, row: Row<'x'>): OpSpec<'x'> =>
  defineOp({ name, signature: 'x[...] -> [...]', ...row, forward: (k, { x }) => k.unary(name, x) })

/** An op of two inputs, elementwise with broadcasting, by the kernel of its name. */
export const binaryOp = (name: Binary, row: Row<'x' | 'y'>): OpSpec<'x' | 'y'> =>
  defineOp({
    name,
    signature: 'x[...] y[...] -> [...]',
    ...row,
    forward: (k, { x, y }, _, shape) => k.binary(name, x, y, shape),
  })

/**
 * Computes `op` on `inputs` and, when one of them requires a gradient, records how. The only place that does.
 * Throws when shapes do not fit the signature, or backends or dtypes are mixed.
 */
export function apply<I extends string, A>(
  op: OpSpec<I, A>,
  inputs: Readonly<Record<I, Tensor>>,
  attrs: A = NONE as A,
): Tensor {
  checkOp('apply', op as unknown as OpSpec)
  const shapes = {} as Record<I, Shape>
  const backend = commonBackend(op, inputs, shapes)
  if (op.attrs !== undefined) checkAttrs(op.name, op.attrs, attrs, shapes)
  const shape = op.shape === undefined ? bind(op.name, op.signature, shapes) : op.shape(shapes, attrs)
  checkSize(op.name, shape)
  if (op.integers && isOfIntegers(op, inputs)) return onIntegers(op, inputs, attrs, backend)
  if ('compose' in op && op.vjp === undefined && (op.fused === undefined || isRecorded(inputs))) {
    return op.compose(inputs, attrs, shape)
  }
  const arrays = {} as Record<I, NDArray>
  for (const name in inputs) {
    const x = inputs[name]
    noteRead(x)
    arrays[name] = x.array
  }
  let array: NDArray
  if ('forward' in op) {
    array = op.forward(backend, arrays, attrs, shape)
    for (const name in arrays) if (arrays[name].buffer === array.buffer) array.buffer.refs++
  } else {
    array = op.fused?.(backend, arrays, attrs, shape) ?? composed(op, inputs, attrs, shape)
  }
  checkNaN(op.name, backend, array)
  return wrap(op, inputs, attrs, array, backend)
}

function isOfIntegers<I extends string, A>(op: OpSpec<I, A>, inputs: Readonly<Record<I, Tensor>>): boolean {
  for (const name in inputs) if (op.domain[name].kind !== 'index') return inputs[name].dtype === 'int32'
  return false
}

/** In float64 on the host, where every step is exact; where values come later, in float32, as int32 is kept there. */
function onIntegers<I extends string, A>(
  op: OpSpec<I, A>,
  inputs: Readonly<Record<I, Tensor>>,
  attrs: A,
  backend: Backend,
): Tensor {
  const host = backend.synchronous ? backendOf('auto', { dtype: 'float64' }) : backend
  const moved = (x: Tensor, isIndex: boolean): Tensor => {
    noteRead(x)
    if (!backend.synchronous) return isIndex ? x : new Tensor(backend.cast(x.array, 'float32'), host)
    return new Tensor(host.upload(backend.readSync(x.array), x.shape, isIndex ? 'int32' : 'float64'), host)
  }
  return tidy(() => {
    const there = {} as Record<I, Tensor>
    for (const name in inputs) there[name] = moved(inputs[name], op.domain[name].kind === 'index')
    const z = apply(op, there, attrs)
    if (!backend.synchronous) return new Tensor(backend.cast(z.array, 'int32'), backend)
    if (op.integers === 'products') checkProducts(op, there, attrs)
    const values = z.dataSync()
    checkInt32(op.name, values)
    return new Tensor(backend.upload(values, z.shape, 'int32'), backend)
  })
}

/** Throws where sums of products may have been rounded on the way. */
function checkProducts<I extends string, A>(
  op: OpSpec<I, A>,
  inputs: Readonly<Record<I, Tensor>>,
  attrs: A,
): void {
  const sizes = {} as Record<I, Tensor>
  for (const name in inputs) {
    const { array, backend } = inputs[name]
    sizes[name] = new Tensor(backend.unary('abs', array), backend)
  }
  const large = apply(op, sizes, attrs)
    .dataSync()
    .find(size => size > 2 ** 53)
  if (large === undefined) return
  throw new Error(
    `${op.name}: products of int32 whose sizes add up to 2^53 at most expected, got ${large}; astype('float64') takes larger ones, rounded`,
  )
}

function checkAttrs<A>(
  op: string,
  checks: { readonly [Name in keyof A]-?: Check },
  attrs: A,
  shapes: Readonly<Record<string, Shape>>,
): void {
  for (const name in checks) checks[name](op, name, attrs[name], shapes)
}

const composed = <I extends string, A>(
  op: Composed<I, A>,
  inputs: Readonly<Record<I, Tensor>>,
  attrs: A,
  shape: Shape,
): NDArray => noGrad(() => tidy(() => share(op.compose(inputs, attrs, shape))))

/** The values of `t`, to be held by another tensor too. */
function share({ array }: Tensor): NDArray {
  array.buffer.refs++
  return array
}

function wrap<I extends string, A>(
  op: OpSpec<I, A>,
  inputs: Readonly<Record<I, Tensor>>,
  attrs: A,
  array: NDArray,
  backend: Backend,
): Tensor {
  const { vjp } = op
  if (vjp === undefined || !isRecording() || !leads(vjp, inputs)) return new Tensor(array, backend)
  return record(op as unknown as OpSpec, inputs, attrs as object, array, backend)
}

/** Does a gradient reach any of the inputs? */
function leads<I extends string>(
  vjp: Readonly<Record<I, unknown>>,
  inputs: Readonly<Record<I, Tensor>>,
): boolean {
  for (const name in inputs) if (inputs[name].requiresGrad && vjp[name] !== 'nondifferentiable') return true
  return false
}

/**
 * The backend of all inputs, whose shapes are put into `shapes`. Indices are int32; the other inputs share one dtype, and it
 * is a float where it must be.
 */
function commonBackend<I extends string, A>(
  op: OpSpec<I, A>,
  inputs: Readonly<Record<I, Tensor>>,
  shapes: Record<I, Shape>,
): Backend {
  let first: Tensor | undefined
  let valued: Tensor | undefined
  for (const name in inputs) {
    const t = inputs[name]
    const domain = op.domain[name]
    if (domain === undefined) {
      throw new Error(`${op.name}: inputs { ${Object.keys(op.domain).join(', ')} } expected, got ${name}`)
    }
    checkTensor(op.name, name, t)
    shapes[name] = t.shape
    const { kind } = domain
    const free = kind === 'any' || (kind === 'float' && op.integers)
    first ??= t
    if (t.backend !== first.backend) {
      throw new Error(`${op.name}: one backend expected, got ${describe(first)} and ${describe(t)}`)
    }
    if (!free && (t.dtype === 'int32') !== (kind === 'index')) {
      const expected = kind === 'index' ? 'int32' : 'float32 or float64'
      const to = kind === 'index' ? 'int32' : 'float32'
      throw new Error(`${op.name}: ${name} is ${expected}, got ${describe(t)}; astype('${to}') converts`)
    }
    if (kind === 'index') continue
    valued ??= t
    if (t.dtype !== valued.dtype) {
      const got = `${describe(valued)} and ${describe(t)}`
      throw new Error(`${op.name}: one dtype expected, got ${got}; astype('${valued.dtype}') converts`)
    }
  }
  if (first === undefined) throw new Error(`${op.name}: at least one input expected, got none`)
  return first.backend
}
