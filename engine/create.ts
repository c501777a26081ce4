import type { Backend, DType, TypedArray } from './backends/backend.ts'
import { checkBackend } from './backends/backend.ts'
import { defaultBackend } from './backends/registry.ts'
import { checkFlag, checkNoMore, checkOptions, type OptionNames, refusal } from './check.ts'
import { checkNaN } from './debug.ts'
import { checkDType, checkInt32, checkScalar } from './dtype.ts'
import { checkShape, format, type Shape, sameShape, sizeOf } from './shape.ts'
import { checkTensor, describe, type Nested, Tensor } from './tensor.ts'
import { keep } from './tidy.ts'

export type TensorLike = Tensor | Nested | TypedArray

export interface TensorOptions {
  /** Default float32; arrays of type Float64Array and Int32Array keep theirs. */
  dtype?: DType
  /** Default: the one set by `setBackend`, else the fastest that holds the dtype. */
  backend?: Backend
  /** Record what is computed from this tensor, so that `grad` can reach it. Default false. */
  requiresGrad?: boolean
}

const KNOWN = { dtype: true, backend: true, requiresGrad: true } as const satisfies OptionNames<TensorOptions>
const SHAPED = { ...KNOWN, shape: true } as const

/**
 * A tensor from nested arrays, a typed array, or a number. `shape` folds a flat array; without it the nesting
 * is the shape. Throws on ragged nesting, on a shape that does not hold the values, and on what int32 does not hold.
 */
export const tensor = (
  values: Nested | TypedArray,
  options: TensorOptions & { shape?: Shape } = {},
): Tensor => tensorFor('tensor', values, options)

/** As `tensor`, for a function `op` that is given values: its errors name it. */
export function tensorFor(
  op: string,
  values: Nested | TypedArray,
  options: TensorOptions & { shape?: Shape } = {},
): Tensor {
  checkShaped(op, options)
  const given = ArrayBuffer.isView(values) ? dtypeOf(op, values) : 'float32'
  const nestedShape = ArrayBuffer.isView(values) ? [values.length] : shapeOf(op, values)
  const flat = ArrayBuffer.isView(values) ? values : flatten(op, values, nestedShape)
  const shape = options.shape ?? nestedShape
  checkShape(op, shape)
  if (sizeOf(shape) !== flat.length) {
    throw new Error(`${op}: shape ${format(shape)} holds ${sizeOf(shape)} values, got ${flat.length}`)
  }
  const { dtype, backend } = placeOf(op, options, given)
  if (dtype === 'int32' && given !== 'int32') checkInt32(op, flat)
  const array = backend.upload(flat, [...shape], dtype)
  checkNaN(op, backend, array)
  return new Tensor(array, backend, options.requiresGrad)
}

/** A tensor that is trained: it requires a gradient and outlives every `tidy`. A tensor gives its values as they are. */
export function parameter(values: TensorLike, options: TensorOptions & { shape?: Shape } = {}): Tensor {
  checkShaped('parameter', options)
  if (options.requiresGrad === false) throw refusal('parameter', 'requiresGrad true or left out', false)
  if (!(values instanceof Tensor))
    return keep(tensorFor('parameter', values, { ...options, requiresGrad: true }))
  checkGradient('parameter', values.dtype)
  checkAgrees(values, options)
  const { array, backend } = values
  array.buffer.refs++
  return keep(new Tensor(array, backend, true))
}

/** A tensor of `shape`, each element `value`. */
export const full = (shape: Shape, value: number, options?: TensorOptions): Tensor =>
  filled('full', shape, value, options)
export const zeros = (shape: Shape, options?: TensorOptions): Tensor => filled('zeros', shape, 0, options)
export const ones = (shape: Shape, options?: TensorOptions): Tensor => filled('ones', shape, 1, options)
export const zerosLike = (t: Tensor, ...none: never[]): Tensor => filledLike('zerosLike', t, 0, none)
export const onesLike = (t: Tensor, ...none: never[]): Tensor => filledLike('onesLike', t, 1, none)

function filled(op: string, shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  checkShape(op, shape)
  checkOptions(op, options, KNOWN)
  const { dtype, backend } = placeOf(op, options, 'float32')
  checkScalar(op, value, dtype)
  return new Tensor(backend.fill(value, [...shape], dtype), backend, options.requiresGrad)
}

function filledLike(op: string, t: Tensor, value: number, none: readonly unknown[]): Tensor {
  checkNoMore(op, none, `${op}(t); zeros, ones and full take a shape and options`)
  checkTensor(op, 't', t)
  return new Tensor(t.backend.fill(value, t.shape, t.dtype), t.backend)
}

/** Where a new tensor goes, and as what. */
export function placeOf(
  op: string,
  options: TensorOptions,
  otherwise: DType,
): { dtype: DType; backend: Backend } {
  const dtype = options.dtype ?? otherwise
  checkDType(op, dtype)
  const backend = options.backend ?? defaultBackend(dtype)
  checkBackend(op, backend)
  if (!backend.dtypes.includes(dtype)) {
    throw new Error(`${op}: backend ${backend.name} holds ${backend.dtypes.join(', ')}, got ${dtype}`)
  }
  if (options.requiresGrad !== undefined) checkFlag(op, 'requiresGrad', options.requiresGrad)
  if (options.requiresGrad) checkGradient(op, dtype)
  return { dtype, backend }
}

/** What a tensor is already, and may be said once more but not otherwise. */
function checkAgrees(t: Tensor, options: TensorOptions & { shape?: Shape }): void {
  const { dtype = t.dtype, backend = t.backend, shape = t.shape } = options
  if (dtype === t.dtype && backend === t.backend && sameShape(shape, t.shape)) return
  throw new Error(`parameter: options that agree with the tensor ${describe(t)} expected, got others`)
}

function checkShaped(op: string, options: TensorOptions & { shape?: Shape }): void {
  if (Array.isArray(options)) throw refusal(op, 'the shape as an option, { shape: [2, 2] },', options)
  checkOptions(op, options, SHAPED)
}

function checkGradient(op: string, dtype: DType): void {
  if (dtype === 'int32') throw new Error(`${op}: int32 carries no gradient`)
}

/** Nesting this deep is a list that holds itself. */
const DEEPEST = 64

function shapeOf(op: string, values: Nested): number[] {
  const shape: number[] = []
  for (let at: unknown = values; typeof at !== 'number'; at = at[0]) {
    checkNested(op, at)
    shape.push(at.length)
    if (at.length === 0) break
    if (shape.length > DEEPEST) throw new Error(`${op}: at most ${DEEPEST} axes expected, got more`)
  }
  return shape
}

function checkNested(op: string, value: unknown): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw refusal(op, 'numbers', value)
}

function flatten(op: string, values: Nested, shape: Shape): Float64Array {
  const flat = new Float64Array(sizeOf(shape))
  let i = 0
  const visit = (value: Nested, depth: number): void => {
    if (typeof value === 'number') {
      if (depth !== shape.length) throw new Error(`${op}: ragged nesting, ${value} stands at depth ${depth}`)
      flat[i++] = value
    } else {
      checkNested(op, value)
      if (depth === shape.length) {
        throw new Error(`${op}: ragged nesting, a row of ${value.length} where a number was expected`)
      }
      if (value.length !== shape[depth]) {
        throw new Error(`${op}: ragged nesting, a row of ${value.length} where ${shape[depth]} were expected`)
      }
      for (const item of value) visit(item, depth + 1)
    }
  }
  visit(values, 0)
  return flat
}

function dtypeOf(op: string, values: ArrayBufferView): DType {
  if (values instanceof Float32Array) return 'float32'
  if (values instanceof Float64Array) return 'float64'
  if (values instanceof Int32Array) return 'int32'
  throw refusal(op, 'Float32Array, Float64Array or Int32Array', values)
}

/** Numbers in an array as a tensor of t's dtype, on its backend; integers of every width may stand for labels. */
export function valuesLike(
  op: string,
  values: Nested | TypedArray,
  t: Pick<Tensor, 'dtype' | 'backend'>,
): Tensor {
  const { dtype, backend } = t
  const numbers = isIntegers(values) ? Float64Array.from(values as ArrayLike<number>, Number) : values
  return tensorFor(op, numbers, { dtype, backend })
}

const isIntegers = (values: unknown): boolean =>
  ArrayBuffer.isView(values) && /^(Big)?(Ui|I)nt\d+(Clamped)?Array$/.test(values.constructor.name)

const SCALAR: Shape = []

/** A number as a scalar of t's dtype and backend. */
export function like(op: string, x: number, t: Tensor): Tensor {
  checkScalar(op, x, t.dtype)
  return new Tensor(t.backend.fill(x, SCALAR, t.dtype), t.backend)
}
