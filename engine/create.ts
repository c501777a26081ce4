import type { Backend, DType, TypedArray } from './backends/backend.ts'
import { defaultBackend } from './backends/registry.ts'
import { checkNaN } from './debug.ts'
import { checkShape, format, type Shape, sizeOf } from './shape.ts'
import { type Nested, Tensor } from './tensor.ts'
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

/**
 * A tensor from nested arrays, a typed array, or a number. `shape` folds a flat array; without it the nesting
 * is the shape. Throws on ragged nesting and on a shape that does not hold the values.
 */
export function tensor(values: Nested | TypedArray, options: TensorOptions & { shape?: Shape } = {}): Tensor {
  const nestedShape = ArrayBuffer.isView(values) ? [values.length] : shapeOf(values)
  const flat = ArrayBuffer.isView(values) ? values : flatten(values, nestedShape)
  const shape = options.shape ?? nestedShape
  checkShape('tensor', shape)
  if (sizeOf(shape) !== flat.length) {
    throw new Error(`tensor: shape ${format(shape)} holds ${sizeOf(shape)} values, got ${flat.length}`)
  }
  const dtype = options.dtype ?? (ArrayBuffer.isView(values) ? dtypeOf(values) : 'float32')
  const backend = options.backend ?? defaultBackend(dtype)
  checkDType(backend, dtype)
  if (options.requiresGrad && dtype === 'int32') throw new Error('tensor: int32 carries no gradient')
  if (dtype === 'int32' && !flat.every(Number.isInteger)) {
    throw new Error(`tensor: int32 holds integers, got ${flat.find(v => !Number.isInteger(v))}`)
  }
  const array = backend.upload(flat, shape, dtype)
  checkNaN('tensor', backend, array)
  return new Tensor(array, backend, options.requiresGrad)
}

/** A tensor that is trained: it requires a gradient and outlives every `tidy`. */
export function parameter(values: TensorLike, options: TensorOptions & { shape?: Shape } = {}): Tensor {
  if (!(values instanceof Tensor)) return keep(tensor(values, { ...options, requiresGrad: true }))
  const { array, backend } = values
  array.buffer.refs++
  return keep(new Tensor(array, backend, true))
}

export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  checkShape('full', shape)
  const dtype = options.dtype ?? 'float32'
  const backend = options.backend ?? defaultBackend(dtype)
  checkDType(backend, dtype)
  return new Tensor(backend.fill(value, shape, dtype), backend, options.requiresGrad)
}

export const zeros = (shape: Shape, options?: TensorOptions): Tensor => full(shape, 0, options)
export const ones = (shape: Shape, options?: TensorOptions): Tensor => full(shape, 1, options)
export const zerosLike = (t: Tensor): Tensor => full(t.shape, 0, { dtype: t.dtype, backend: t.backend })
export const onesLike = (t: Tensor): Tensor => full(t.shape, 1, { dtype: t.dtype, backend: t.backend })

function shapeOf(values: Nested): number[] {
  if (typeof values === 'number') return []
  checkNested(values)
  return values.length === 0 ? [0] : [values.length, ...shapeOf(values[0])]
}

function checkNested(value: unknown): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`tensor: numbers expected, got ${String(value)}`)
}

function flatten(values: Nested, shape: Shape): Float64Array {
  const flat = new Float64Array(sizeOf(shape))
  let i = 0
  const visit = (value: Nested, depth: number): void => {
    if (typeof value === 'number') {
      if (depth !== shape.length) throw new Error(`tensor: ragged nesting, ${value} stands at depth ${depth}`)
      flat[i++] = value
    } else {
      checkNested(value)
      if (depth === shape.length) {
        throw new Error(`tensor: ragged nesting, a row of ${value.length} where a number was expected`)
      }
      if (value.length !== shape[depth]) {
        throw new Error(
          `tensor: ragged nesting, a row of ${value.length} where ${shape[depth]} were expected`,
        )
      }
      for (const item of value) visit(item, depth + 1)
    }
  }
  visit(values, 0)
  return flat
}

function dtypeOf(values: ArrayBufferView): DType {
  if (values instanceof Float32Array) return 'float32'
  if (values instanceof Float64Array) return 'float64'
  if (values instanceof Int32Array) return 'int32'
  throw new Error(`tensor: Float32Array, Float64Array or Int32Array expected, got ${values.constructor.name}`)
}

function checkDType(backend: Backend, dtype: DType): void {
  if (!backend.dtypes.includes(dtype)) {
    throw new Error(`tensor: backend ${backend.name} holds ${backend.dtypes.join(', ')}, got ${dtype}`)
  }
}

const SCALAR: Shape = []

/** `x` itself, or a number as a scalar of t's dtype and backend. */
export function like(x: Tensor | number, t: Tensor): Tensor {
  return typeof x === 'number' ? new Tensor(t.backend.fill(x, SCALAR, t.dtype), t.backend) : x
}
