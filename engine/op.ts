import type { Check } from './attrs.ts'
import type { Backend, Binary, NDArray, Unary } from './backends/backend.ts'
import { backend as backendOf } from './backends/registry.ts'
import { checkFlag, checkFunction, checkSynchronous } from './check.ts'
import type { Domain } from './domain.ts'
import { checkInt32 } from './dtype.ts'
import { noteRead } from './effects.ts'
import type { Generator } from './random.ts'
import { bind, checkSize, format, type Shape } from './shape.ts'
import { checkTensor, describe, type Nested, type Node, Tensor } from './tensor.ts'
import { tidy } from './tidy.ts'

/** What a rule is given: the cotangent of the output, and what the op was applied to and gave. */
export interface Applied<I extends string, A> {
  readonly dz: Tensor
  readonly inputs: Readonly<Record<I, Tensor>>
  readonly z: Tensor
  readonly attrs: A
  /** What the op's `shared` gives, computed once for all rules. */
  shared(): Tensor
}

/**
 * The cotangent of one input, in ops on tensors, so that it can be differentiated again. (The type of a method, for rows
 * of different ops to fit into one table.)
 */
export type Rule<I extends string, A> = { rule(applied: Applied<I, A>): Tensor }['rule']

/** Input values, the output `z`, and where a kink is pinned `grads`: the gradients under a cotangent of ones. */
interface Example<I extends string, A> {
  readonly inputs: Readonly<Record<I, Nested>>
  readonly attrs?: A
  readonly z: Nested
  readonly grads?: Readonly<Partial<Record<I, Nested>>>
}

/** I, which is inferred elsewhere. */
type Given<I> = [I][I extends string ? 0 : never]

interface Described<I extends string, A> {
  readonly name: string
  /** Shapes of inputs and output, as `bind` reads them. */
  readonly signature: string
  readonly equation: string
  readonly domain: Readonly<Record<I, Domain>>
  /** Of int32 inputs it makes int32, exactly; it throws on what int32 does not hold. */
  readonly integers?: boolean
  readonly examples: readonly Example<I, A>[]
  /** What each attribute may be: asked on every call. */
  readonly attrs?: { readonly [Name in keyof A]-?: Check }
  /** A random case for the tests; without it, sizes are drawn from the signature. */
  sample?(rng: Generator): { shapes: Record<I, Shape>; attrs: A; index?: number }
  /** The output's shape, and whether shapes and attributes agree, where the signature alone does not tell. */
  shape?(shapes: Readonly<Record<I, Shape>>, attrs: A): Shape
  /**
   * The values that the rule of each input reads besides dz, `->` those of the output; left out, all of them. Shapes and
   * dtypes stay known. What no rule reads is not kept for the way back.
   */
  readonly reads?: Readonly<Record<I, readonly (Given<I> | '->')[]>>
  /** What several rules make of one cotangent: computed once for all of them, if any asks. */
  shared?(applied: Pick<Applied<I, A>, 'dz' | 'inputs' | 'attrs'>): Tensor
}

/** An op with kernels of its own. */
export interface Primitive<I extends string, A> extends Described<I, A> {
  forward(k: Backend, inputs: Readonly<Record<I, NDArray>>, attrs: A, shape: Shape): NDArray
  /** One rule an input, or none of them has a gradient that is not zero. */
  readonly vjp: Readonly<Record<I, Rule<I, A> | 'nondifferentiable'>>
}

/** An op made of ops: its gradient follows, unless `vjp` states a better one. */
export interface Composed<I extends string, A> extends Described<I, A> {
  compose(inputs: Readonly<Record<I, Tensor>>, attrs: A, shape: Shape): Tensor
  /** The same by one kernel, on a backend that has it; without a `vjp` only where nothing is recorded. */
  fused?(k: Backend, inputs: Readonly<Record<I, NDArray>>, attrs: A, shape: Shape): NDArray | undefined
  readonly vjp?: Readonly<Record<I, Rule<I, A> | 'nondifferentiable'>>
}

export type OpSpec<I extends string = string, A = object> = Primitive<I, A> | Composed<I, A>

let nodes = 0
let recording = true

/** Runs `f` without recording: what it computes has no gradient. */
export function noGrad<T>(f: () => T): T {
  checkFunction('noGrad', 'f', f)
  const before = recording
  recording = false
  try {
    const result = f()
    checkSynchronous('noGrad', result)
    return result
  } finally {
    recording = before
  }
}

/** Runs `f` with recording, `noGrad` around it or not. */
export function recorded<T>(f: () => T): T {
  const before = recording
  recording = true
  try {
    return f()
  } finally {
    recording = before
  }
}

export const isRecording = (): boolean => recording

/** Gives a spec its types; every op is defined through it. */
export const defineOp = <I extends string, A = object>(spec: OpSpec<I, A>): OpSpec<I, A> => spec

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
  attrs: A = {} as A,
): Tensor {
  const backend = commonBackend(op, inputs)
  const shapes = {} as Record<I, Shape>
  for (const name in inputs) shapes[name] = inputs[name].shape
  if (op.attrs !== undefined) checkAttrs(op.name, op.attrs, attrs, shapes)
  const shape = op.shape === undefined ? bind(op.name, op.signature, shapes) : op.shape(shapes, attrs)
  checkSize(op.name, shape)
  if (op.integers && isOfIntegers(op, inputs)) return onIntegers(op, inputs, attrs, backend)
  if ('compose' in op && op.vjp === undefined && (op.fused === undefined || isRecorded(inputs))) {
    return op.compose(inputs, attrs, shape)
  }
  const arrays = {} as Record<I, NDArray>
  for (const name in inputs) {
    noteRead(inputs[name])
    arrays[name] = inputs[name].array
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
    const values = z.dataSync()
    checkInt32(op.name, values)
    return new Tensor(backend.upload(values, z.shape, 'int32'), backend)
  })
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
  if (vjp === undefined || !recording || !leads(vjp, inputs)) return new Tensor(array, backend)
  return record(op as unknown as OpSpec, inputs, attrs as object, array, backend)
}

/** Where the next nodes begin: those that are there have smaller ids. */
export const nextNode = (): number => nodes

/** The tensor that an op made of `inputs`, with its node. */
export function record(
  op: Node['op'],
  inputs: Readonly<Record<string, Tensor>>,
  attrs: object,
  array: NDArray,
  backend: Backend,
  pull?: Node['pull'],
): Tensor {
  const versions = Object.values<Tensor>(inputs).map(x => x.version)
  const node: Node = { id: nodes++, op, inputs, attrs, versions, pull }
  const z = new Tensor(array, backend, true, node)
  for (const name in inputs) if (inputs[name].requiresGrad) eachRead(node, name, z, save)
  return z
}

const save = (t: Tensor): void => {
  t.saved = true
}

/** Calls `use` with each tensor whose values the rule of input `name` reads; z is the node's output. */
export function eachRead(node: Node, name: string, z: Tensor, use: (t: Tensor) => void): void {
  const { vjp, reads } = node.op as OpSpec
  if (node.pull !== undefined) {
    for (const other in node.inputs) use(node.inputs[other])
    return
  }
  if (typeof vjp?.[name] !== 'function') return
  const read = reads?.[name]
  if (read !== undefined) for (const other of read) use(other === '->' ? z : node.inputs[other])
  else {
    for (const other in node.inputs) use(node.inputs[other])
    use(z)
  }
}

/**
 * For the cotangent dz of the output z of `node`, those of the inputs `names`; undefined where there is none. With `tidied`
 * what a rule makes on its way is released at its end.
 */
export function pull(
  { op, inputs, attrs }: Node,
  dz: Tensor,
  z: Tensor,
  names: readonly string[],
  tidied = false,
): (Tensor | undefined)[] {
  const { name: opName, vjp, shared: common } = op as OpSpec
  let known: Tensor | undefined
  const shared = (): Tensor => {
    known ??= common?.({ dz, inputs, attrs })
    if (known === undefined) throw new Error(`${opName}: a rule asks for \`shared\`, which is missing`)
    return known
  }
  const rule = (name: string): Tensor | undefined => {
    const one = vjp?.[name]
    return typeof one === 'function' ? one({ dz, inputs, z, attrs, shared }) : undefined
  }
  if (!tidied) return names.map(rule)
  // The smallest first: what the others make on their way then lies beside the least. What is shared outlives its rule.
  const bySize = [...names].sort((a, b) => inputs[a].size - inputs[b].size)
  const dxs = new Map(bySize.map(name => [name, tidy(() => ({ dx: rule(name), known })).dx]))
  return names.map(name => dxs.get(name))
}

/** Will something be differentiated through what is made of these? */
function isRecorded(inputs: Readonly<Record<string, Tensor>>): boolean {
  if (recording) for (const name in inputs) if (inputs[name].requiresGrad) return true
  return false
}

/** Does a gradient reach any of the inputs? */
function leads<I extends string>(
  vjp: Readonly<Record<I, unknown>>,
  inputs: Readonly<Record<I, Tensor>>,
): boolean {
  for (const name in inputs) if (inputs[name].requiresGrad && vjp[name] !== 'nondifferentiable') return true
  return false
}

/** The backend of all inputs. Indices are int32; the other inputs share one dtype, and it is a float where it must be. */
function commonBackend<I extends string, A>(op: OpSpec<I, A>, inputs: Readonly<Record<I, Tensor>>): Backend {
  let first: Tensor | undefined
  let valued: Tensor | undefined
  for (const name in inputs) {
    const t = inputs[name]
    checkTensor(op.name, name, t)
    const { kind } = op.domain[name]
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

let debug = false

/** Check what enters and what every op makes for NaN, and name the first that has one. Slow: reads all back. */
export function setDebug(enabled: boolean): void {
  checkFlag('setDebug', 'enabled', enabled)
  debug = enabled
}

/** Throws when debug is on and `x`, made by `op`, holds a NaN. */
export function checkNaN(op: string, backend: Backend, x: NDArray): void {
  if (!debug) return
  const i = backend.readSync(x).findIndex(Number.isNaN)
  if (i >= 0)
    throw new Error(`${op}: numbers expected (debug is on), got NaN at element ${i} of ${format(x.shape)}`)
}
