import { checkList, shown } from './check.ts'

/**
 * Shapes and signatures. A signature such as `x[N,D] W[C,D] -> [N,C]` names the sizes an op expects; `...`
 * stands for any leading sizes, which broadcast against each other as NumPy's do. `bind` holds real shapes
 * against it and gives the output's shape, or an error that says which size disagrees with which.
 */
export type Shape = readonly number[]

interface Pattern {
  readonly name: string
  readonly ellipsis: boolean
  readonly dims: readonly string[]
}

/** Where a size is read: an input, and its axis, counted from the right as it may have leading ones. */
interface Place {
  readonly name: string
  readonly axis: number
}

interface Signature {
  readonly inputs: readonly Pattern[]
  readonly output: Pattern
  /** Where each size is named first. */
  readonly named: ReadonlyMap<string, Place>
}

export function parseSignature(signature: string): Signature {
  const [left, right, ...more] = signature.split('->')
  if (right === undefined || more.length > 0) {
    throw new Error(`signature: inputs -> output, such as x[N,D] -> [N], expected, got "${signature}"`)
  }
  const inputs = left.trim().split(/\s+/).map(parsePattern)
  const places = inputs.flatMap(({ name, dims }) =>
    dims.map((dim, i): [string, Place] => [dim, { name, axis: i - dims.length }]),
  )
  const named = new Map(places.filter(([dim]) => !/^\d+$/.test(dim)).reverse())
  return { inputs, output: parsePattern(right.trim()), named }
}

/** By their text: those of the ops, and as many as there are. */
const parsed: Record<string, Signature> = {}

function parsePattern(text: string): Pattern {
  const match = /^(\w*)\[(.*)\]$/.exec(text)
  if (match === null) throw new Error(`signature: cannot read "${text}"`)
  const dims = match[2] === '' ? [] : match[2].split(',')
  const ellipsis = dims[0] === '...'
  return { name: match[1], ellipsis, dims: ellipsis ? dims.slice(1) : dims }
}

/** The output's shape of `op` for these input shapes. Throws `op: expected, actual` when they do not fit. */
export function bind(op: string, signature: string, shapes: Readonly<Record<string, Shape>>): Shape {
  parsed[signature] ??= parseSignature(signature)
  const { inputs, output, named } = parsed[signature]
  let leading: Shape | undefined
  for (const { name, ellipsis, dims } of inputs) {
    const shape = shapes[name]
    if (shape === undefined) {
      throw new Error(`${op}: ${signature}: ${name} expected, got inputs ${Object.keys(shapes).join(', ')}`)
    }
    const lead = shape.length - dims.length
    if (lead < 0 || (lead > 0 && !ellipsis)) {
      throw new Error(
        `${op}: ${signature}: ${name} has ${ellipsis ? 'at least ' : ''}rank ${dims.length}, got shape ${format(shape)}`,
      )
    }
    if (ellipsis) {
      const own = dims.length === 0 ? shape : shape.slice(0, lead)
      leading = leading === undefined ? own : broadcast(op, leading, own)
    }
    for (let i = 0; i < dims.length; i++) {
      const bound = sizeAt(named.get(dims[i]), shapes) ?? Number(dims[i])
      const size = shape[lead + i]
      if (bound === size) continue
      const from = named.get(dims[i])?.name ?? 'the signature'
      const actual = inputs.map(p => p.name + format(shapes[p.name])).join(' ')
      throw new Error(
        `${op}: ${signature.split(' ->')[0]}: ${dims[i]} is ${bound} in ${from} but ${size} in ${name} (${actual})`,
      )
    }
  }
  if (output.ellipsis && output.dims.length === 0) return leading ?? []
  const own = output.dims.map(dim => sizeAt(named.get(dim), shapes) ?? Number(dim))
  return output.ellipsis ? [...(leading ?? []), ...own] : own
}

const sizeAt = (place: Place | undefined, shapes: Readonly<Record<string, Shape>>): number | undefined =>
  place && shapes[place.name].at(place.axis)

/** The shape that `a` and `b` broadcast to: aligned at the right, a size of 1 stretches. */
export function broadcast(op: string, a: Shape, b: Shape): Shape {
  if (b.length === 0 || sameShape(a, b)) return a
  const rank = Math.max(a.length, b.length)
  const out = new Array<number>(rank)
  for (let i = 1; i <= rank; i++) {
    const m = a[a.length - i] ?? 1
    const n = b[b.length - i] ?? 1
    if (m !== n && m !== 1 && n !== 1) {
      throw new Error(`${op}: shapes ${format(a)} and ${format(b)} do not broadcast: ${m} against ${n}`)
    }
    out[rank - i] = m === 1 ? n : m
  }
  return out
}

export function sizeOf(shape: Shape): number {
  let size = 1
  for (const n of shape) size *= n
  return size
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride
    stride *= shape[i]
  }
  return strides
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** `axis` counted from the left; negative axes count from the right. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    if (rank === 0) throw new Error(`${op}: a tensor with axes expected, got a scalar`)
    throw new Error(
      `${op}: axis is an integer from ${-rank} to ${rank - 1} for rank ${rank}, got ${shown(axis)}`,
    )
  }
  return axis < 0 ? axis + rank : axis
}

/** Axes counted from the left, ascending; `undefined` means all of them. */
export function normalizeAxes(
  op: string,
  axis: number | readonly number[] | undefined,
  rank: number,
): number[] {
  const axes: number[] = []
  if (axis === undefined) {
    for (let i = 0; i < rank; i++) axes.push(i)
    return axes
  }
  if (typeof axis === 'number') return [normalizeAxis(op, axis, rank)]
  checkList(op, 'axis', axis, 'such as [0, 1]')
  for (let i = 0; i < axis.length; i++) axes.push(normalizeAxis(op, axis[i], rank))
  axes.sort((a, b) => a - b)
  for (let i = 1; i < axes.length; i++) {
    if (axes[i] !== axes[i - 1]) continue
    throw new Error(`${op}: axis names one axis twice: [${axis.map(a => normalizeAxis(op, a, rank))}]`)
  }
  return axes
}

/** Throws unless `shape` is a list of sizes, of as many elements as a tensor may have. */
export function checkShape(op: string, shape: unknown): asserts shape is Shape {
  checkList(op, 'the shape', shape, 'such as [2, 3]')
  for (const n of shape) {
    if (!Number.isSafeInteger(n) || (n as number) < 0) {
      throw new Error(`${op}: sizes are integers >= 0, got ${format(shape as Shape)}`)
    }
  }
  checkSize(op, shape as Shape)
}

/** The most elements of a tensor, whatever the backend; most hold less. */
const MOST = 2 ** 32

/**
 * Throws when a tensor of `shape`, whose sizes are integers, would have more elements than any backend holds, or a size
 * that was worked out is below 0.
 */
export function checkSize(op: string, shape: Shape): void {
  let size = 1
  for (let i = 0; i < shape.length; i++) {
    if (shape[i] < 0) throw new Error(`${op}: sizes >= 0 expected, got shape ${format(shape)}`)
    size *= shape[i]
  }
  if (size <= MOST) return
  throw new Error(`${op}: at most 2^32 elements expected, got shape ${format(shape)} of ${size}`)
}

export const format = (shape: Shape): string => `[${shape.join(',')}]`
