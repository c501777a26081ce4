import type { ContainerFile } from '../containerFile.ts'
import { elementsOf } from './elements.ts'
import { Stored } from './stored.ts'
import { DType, Global, NdArray, textOf, type Value } from './values.ts'

/** What a call gives, or undefined for arguments of another form. */
type Call = (args: readonly Value[], file: ContainerFile) => Value | undefined

const bytes = (value: Value): Stored | undefined =>
  value instanceof Stored && !value.text ? value : undefined

/** Python 3 writes bytes so in protocols 0 to 2: text of the characters of these codes. */
const encode: Call = ([text, name], file) =>
  text instanceof Stored && text.text && /^latin-?1$/.test(textOf(file, name) ?? '')
    ? new Stored(text.offset, text.length, text.coding, false)
    : undefined

const empty: Call = args => (args.length === 0 ? new Stored(0, 0, 'raw', false) : undefined)

const bytearray: Call = (args, file) =>
  args.length === 0 ? empty(args, file) : args.length === 1 ? bytes(args[0]) : encode(args, file)

const reconstruct: Call = ([kind]) =>
  kind instanceof Global && kind.name === 'numpy.ndarray' ? new NdArray() : undefined

const dtype: Call = ([code], file) => {
  const text = textOf(file, code)
  return text === undefined ? undefined : new DType(text)
}

const scalar: Call = ([type, data], file) => {
  const stored = bytes(data)
  return type instanceof DType && stored !== undefined ? elementsOf(file, type, stored)?.[0] : undefined
}

/** Of protocol 5. */
const frombuffer: Call = ([data, type, shape]) => filled(new NdArray(), shape, type, data)

/** The functions that such pickles call; NumPy 2 has moved its own. */
const CALLS: Readonly<Record<string, Call>> = {
  '_codecs.encode': encode,
  '__builtin__.bytes': empty,
  'builtins.bytes': empty,
  '__builtin__.bytearray': bytearray,
  'builtins.bytearray': bytearray,
  'numpy.dtype': dtype,
  'numpy.core.multiarray._reconstruct': reconstruct,
  'numpy._core.multiarray._reconstruct': reconstruct,
  'numpy.core.multiarray.scalar': scalar,
  'numpy._core.multiarray.scalar': scalar,
  'numpy.core.numeric._frombuffer': frombuffer,
  'numpy._core.numeric._frombuffer': frombuffer,
}

/** Is it a name that such pickles have? */
export const isKnown = (name: string): boolean => Object.hasOwn(CALLS, name) || name === 'numpy.ndarray'

/** What a function makes of its arguments; undefined for others than it has in such pickles. */
export function called(file: ContainerFile, callee: Value, args: Value): Value | undefined {
  if (!(callee instanceof Global) || !Array.isArray(args) || !Object.hasOwn(CALLS, callee.name)) {
    return undefined
  }
  return CALLS[callee.name](args, file)
}

/** Gives an array or a dtype its state; undefined where that is of another form. */
export function built(file: ContainerFile, value: Value, state: Value): Value | undefined {
  if (!Array.isArray(state)) return undefined
  if (value instanceof NdArray) {
    const [version, shape, type, , data] = state
    return version === 1 ? filled(value, shape, type, data) : undefined
  }
  const order = textOf(file, state[1] ?? null)
  if (!(value instanceof DType) || order === undefined || !/^[|<>=]$/.test(order)) return undefined
  value.order = order
  return value
}

function filled(array: NdArray, shape: Value, type: Value, data: Value): NdArray | undefined {
  const stored = bytes(data)
  const sizes = Array.isArray(shape) && shape.every(size => Number.isSafeInteger(size) && size >= 0)
  if (!sizes || !(type instanceof DType) || stored === undefined) return undefined
  array.shape = shape
  array.dtype = type
  array.data = stored
  return array
}
