import { type Backend, checkBackend, type DType, type NDArray, type TypedArray } from './backends/backend.ts'
import { refusal } from './check.ts'
import { noteAssign, noteRead } from './effects.ts'
import { noteUse } from './peak.ts'
import { format, type Shape, sameShape, sizeOf } from './shape.ts'
import { enterScope, type Scope } from './tidy.ts'

declare global {
  // TypeScript has it since 5.2 alone.
  interface SymbolConstructor {
    readonly dispose: unique symbol
  }
}

/** Nested arrays of numbers, all rows of one length; a number is a scalar. */
export type Nested = number | readonly Nested[]

/** How a tensor came to be. `id` grows, so inputs always have smaller ids than what is made of them. */
export interface Node {
  readonly id: number
  /** The op of the registry, an `OpSpec`; here its name is enough. */
  readonly op: { readonly name: string }
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly attrs: object
  readonly versions: readonly number[]
  /** In place of the op's rules: the cotangents of these inputs, those known so far included. It may read every input. */
  readonly pull?: (
    dz: Tensor,
    xs: readonly Tensor[],
    known: readonly (Tensor | undefined)[],
  ) => (Tensor | undefined)[]
}

/**
 * Numbers in a shape, on a backend. Immutable but for `assign`; `node` is the op and the inputs that made it,
 * and with them the graph that `grad` walks.
 */
export class Tensor {
  readonly shape: Shape
  readonly dtype: DType
  readonly backend: Backend
  readonly requiresGrad: boolean
  readonly node: Node | undefined
  /** Counts `assign`s, so that `grad` notices values that changed after they were used. */
  version = 0
  /** The `tidy` that will release it; undefined outside every one, and after `keep`. */
  scope: Scope | undefined = undefined
  /** Does a rule of the graph read its values? What none reads, its only holder may release at once. */
  saved = false
  #array: NDArray | undefined

  constructor(array: NDArray, backend: Backend, requiresGrad = false, node?: Node) {
    if (array?.buffer?.refs === undefined || backend === undefined) {
      throw refusal('Tensor', 'an array of a backend, as tensor(..) makes one of numbers,', array)
    }
    this.shape = array.shape
    this.dtype = array.dtype
    this.backend = backend
    this.requiresGrad = requiresGrad
    this.node = node
    this.#array = array
    noteUse(backend)
    try {
      enterScope(this)
    } catch (error) {
      // Nobody gets this tensor, and so nobody would dispose of it.
      this.dispose()
      throw error
    }
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
        `tensor ${this.dtype}${format(this.shape)}: its memory was released (by tidy or dispose())`,
      )
    }
    return this.#array
  }

  get disposed(): boolean {
    return this.#array === undefined
  }

  /**
   * A copy of the values, row-major; from any backend. You may say which array `dtype` gives, as in
   * `const values: Float32Array = await x.data()`; nothing checks it.
   */
  async data<T extends TypedArray = TypedArray>(): Promise<T> {
    noteRead(this)
    return (await this.backend.read(this.array)) as T
  }

  /** The same at once. Throws on a backend that cannot answer synchronously. */
  dataSync<T extends TypedArray = TypedArray>(): T {
    noteRead(this)
    return this.backend.readSync(this.array) as T
  }

  /** The value of a tensor of one element. */
  item(): number {
    if (this.size !== 1) throw new Error(`item: one element expected, got shape ${format(this.shape)}`)
    return this.dataSync()[0]
  }

  /**
   * The values as nested arrays, at once. You may say how deep `rank` makes them, as in
   * `const rows: number[][] = x.toArray()` or `x.toArray<number[][]>().map(..)`; nothing checks it.
   */
  toArray<T extends Nested = Nested>(): T {
    const values = this.dataSync()
    const nest = (axis: number, offset: number, stride: number): Nested => {
      if (axis === this.rank) return values[offset]
      const inner = stride / this.shape[axis]
      return Array.from({ length: this.shape[axis] }, (_, i) => nest(axis + 1, offset + i * inner, inner))
    }
    return nest(0, 0, values.length) as T
  }

  /** The same values on another backend, without a graph. */
  async to(backend: Backend): Promise<Tensor> {
    checkBackend('to', backend)
    if (!backend.dtypes.includes(this.dtype)) {
      throw new Error(`to: backend ${backend.name} holds ${backend.dtypes.join(', ')}, got ${describe(this)}`)
    }
    return new Tensor(backend.upload(await this.data(), this.shape, this.dtype), backend)
  }

  /** Takes over the values of `t` in place: how an optimiser moves a parameter. Not recorded. */
  assign(t: Tensor): this {
    checkTensor('assign', 't', t)
    if (!sameShape(t.shape, this.shape) || t.dtype !== this.dtype || t.backend !== this.backend) {
      throw new Error(`assign: ${describe(this)} expected, got ${describe(t)}`)
    }
    if (this.node !== undefined) throw new Error('assign: only a tensor that no op made can be assigned to')
    const array = t.array
    noteRead(t)
    noteAssign(this)
    array.buffer.refs++
    this.dispose()
    this.#array = array
    this.version++
    this.backend.leaveToCollector?.(array.buffer)
    return this
  }

  /** Gives the memory back. Throws on a second call, as every use of a released tensor does. */
  dispose(): void {
    if (this.#array === undefined) {
      throw new Error(`dispose: ${this.dtype}${format(this.shape)} was disposed before`)
    }
    if (--this.#array.buffer.refs === 0) this.backend.free(this.#array.buffer)
    this.#array = undefined
  }

  /** `using x = ..`: disposed at the end of the block, unless it was before. */
  [Symbol.dispose](): void {
    if (!this.disposed) this.dispose()
  }

  toString(): string {
    return inspect(this)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return inspect(this)
  }
}

/** Throws unless `x` is a tensor; numbers in an array are not yet one. */
export function checkTensor(op: string, name: string, x: unknown): asserts x is Tensor {
  if (x instanceof Tensor) return
  const hint =
    Array.isArray(x) || ArrayBuffer.isView(x) || typeof x === 'number' ? ', as tensor(..) makes one,' : ''
  throw refusal(op, `${name} as a tensor${hint}`, x)
}

export const describe = (t: Pick<Tensor, 'shape' | 'dtype' | 'backend'>): string =>
  `${t.dtype}${format(t.shape)} on ${t.backend.name}`

const EDGE = 3

/** What a person sees when printing a tensor: dtype, shape, and the values, the middle of long axes left out. */
function inspect(t: Tensor): string {
  const head = `Tensor ${t.dtype}${format(t.shape)}`
  if (t.disposed) return `${head} (disposed)`
  let values: ArrayLike<number>
  try {
    values = t.dataSync()
  } catch {
    return `${head} on ${t.backend.name} (await data() to read it)`
  }
  const line = (axis: number, offset: number, stride: number): string => {
    if (axis === t.rank) return number(values[offset])
    const inner = stride / t.shape[axis]
    const items = indicesShown(t.shape[axis]).map(i =>
      i < 0 ? '...' : line(axis + 1, offset + i * inner, inner),
    )
    return `[${items.join(axis === t.rank - 1 ? ', ' : `,\n${' '.repeat(axis + 1)}`)}]`
  }
  return `${head}\n${line(0, 0, values.length)}`
}

/** The indices to show of an axis of n; -1 stands for those left out. */
function indicesShown(n: number): number[] {
  const all = Array.from({ length: n }, (_, i) => i)
  return n <= 2 * EDGE + 1 ? all : [...all.slice(0, EDGE), -1, ...all.slice(-EDGE)]
}

const number = (x: number): string => (Number.isInteger(x) ? String(x) : String(Number(x.toPrecision(5))))
