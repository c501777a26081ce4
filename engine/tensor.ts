import type { Backend, DType, NDArray, TypedArray } from './backends/backend.ts'
import { defaultBackend } from './backends/registry.ts'
import { checkNaN } from './debug.ts'
import { inspect } from './inspect.ts'
import type { Node } from './op.ts'
import { checkShape, format, type Shape, sameShape, sizeOf } from './shape.ts'
import { enterScope, keep } from './tidy.ts'

/** Nested arrays of numbers, all rows of one length; a number is a scalar. */
export type Nested = number | readonly Nested[]
export type TensorLike = Tensor | Nested | TypedArray

export interface TensorOptions {
  /** Default float32; arrays of type Float64Array and Int32Array keep theirs. */
  dtype?: DType
  /** Default: the one set by `setBackend`. */
  backend?: Backend
  /** Record what is computed from this tensor, so that `grad` can reach it. Default false. */
  requiresGrad?: boolean
}

/**
 * Numbers in a shape, on a backend. Immutable but for `assign`; `origin` is the op and the inputs that made it,
 * and with them the graph that `grad` walks.
 */
export class Tensor {
  readonly shape: Shape
  readonly dtype: DType
  readonly backend: Backend
  readonly requiresGrad: boolean
  readonly origin: Node | undefined
  /** Counts `assign`s, so that `grad` notices values that changed after they were used. */
  version = 0
  #array: NDArray | undefined

  constructor(array: NDArray, backend: Backend, requiresGrad = false, origin?: Node) {
    this.shape = array.shape
    this.dtype = array.dtype
    this.backend = backend
    this.requiresGrad = requiresGrad
    this.origin = origin
    this.#array = array
    enterScope(this)
  }

  get rank(): number {
    return this.shape.length
  }

  get size(): number {
    return sizeOf(this.shape)
  }

  /** The backend's values. Throws when they were released. */
  get array(): NDArray {
    if (this.#array === undefined) {
      throw new Error(
        `tensor ${this.dtype}${format(this.shape)}: its memory was released (by tidy or release())`,
      )
    }
    return this.#array
  }

  get released(): boolean {
    return this.#array === undefined
  }

  /** A copy of the values, row-major; from any backend. */
  async data(): Promise<TypedArray> {
    return this.backend.read(this.array)
  }

  /** A copy of the values at once. Throws on a backend that cannot answer synchronously. */
  dataSync(): TypedArray {
    return this.backend.readSync(this.array)
  }

  /** The value of a tensor of one element. */
  item(): number {
    if (this.size !== 1) throw new Error(`item: one element expected, got shape ${format(this.shape)}`)
    return this.dataSync()[0]
  }

  /** The values as nested arrays, at once. */
  toArray(): Nested {
    const values = this.dataSync()
    const nest = (axis: number, offset: number, stride: number): Nested => {
      if (axis === this.rank) return values[offset]
      const inner = stride / this.shape[axis]
      return Array.from({ length: this.shape[axis] }, (_, i) => nest(axis + 1, offset + i * inner, inner))
    }
    return nest(0, 0, values.length)
  }

  /** The same values on another backend, without a graph. */
  async to(backend: Backend): Promise<Tensor> {
    return new Tensor(backend.upload(await this.data(), this.shape, this.dtype), backend)
  }

  /** The same values in another dtype, without a graph. int32 drops the fraction. */
  astype(dtype: DType): Tensor {
    return new Tensor(this.backend.upload(this.dataSync(), this.shape, dtype), this.backend)
  }

  /** Takes over the values of `t` in place: how an optimiser moves a parameter. Not recorded. */
  assign(t: Tensor): this {
    if (!sameShape(t.shape, this.shape) || t.dtype !== this.dtype || t.backend !== this.backend) {
      throw new Error(`assign: ${describe(this)} expected, got ${describe(t)}`)
    }
    if (this.origin !== undefined) throw new Error('assign: only a tensor that no op made can be assigned to')
    const array = t.array
    array.buffer.refs++
    this.release()
    this.#array = array
    this.version++
    return this
  }

  /** Gives the memory back; a second call does nothing. Reading a released tensor is an error. */
  release(): void {
    if (this.#array === undefined) return
    if (--this.#array.buffer.refs === 0) this.backend.free(this.#array.buffer)
    this.#array = undefined
  }

  toString(): string {
    return inspect(this)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return inspect(this)
  }
}

export const describe = (t: Tensor): string => `${t.dtype}${format(t.shape)} on ${t.backend.name}`

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
  const backend = options.backend ?? defaultBackend()
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
  const backend = options.backend ?? defaultBackend()
  const dtype = options.dtype ?? 'float32'
  checkDType(backend, dtype)
  return new Tensor(backend.fill(value, shape, dtype), backend, options.requiresGrad)
}

export const zeros = (shape: Shape, options?: TensorOptions): Tensor => full(shape, 0, options)
export const ones = (shape: Shape, options?: TensorOptions): Tensor => full(shape, 1, options)
export const zerosLike = (t: Tensor): Tensor => full(t.shape, 0, { dtype: t.dtype, backend: t.backend })
export const onesLike = (t: Tensor): Tensor => full(t.shape, 1, { dtype: t.dtype, backend: t.backend })

function shapeOf(values: Nested): number[] {
  return typeof values === 'number' ? [] : values.length === 0 ? [0] : [values.length, ...shapeOf(values[0])]
}

function flatten(values: Nested, shape: Shape): Float64Array {
  const flat = new Float64Array(sizeOf(shape))
  let i = 0
  const visit = (value: Nested, depth: number): void => {
    if (typeof value === 'number') {
      if (depth !== shape.length) throw new Error(`tensor: ragged nesting, ${value} stands at depth ${depth}`)
      flat[i++] = value
    } else {
      if (!Array.isArray(value)) throw new Error(`tensor: numbers expected, got ${String(value)}`)
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

/** `x` itself, or a number as a scalar of t's dtype and backend. */
export function like(x: Tensor | number, t: Tensor): Tensor {
  return typeof x === 'number' ? full([], x, { dtype: t.dtype, backend: t.backend }) : x
}
