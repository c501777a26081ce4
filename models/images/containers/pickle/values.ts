import type { ContainerFile } from '../containerFile.ts'
import { decoded, Stored } from './stored.ts'

/** What a pickle of images and flags is made of. A tuple is an array. */
export type Value = null | boolean | number | Stored | List | Global | DType | NdArray | readonly Value[]

export class List {
  readonly items: Value[] = []
}

/** A function or a class of Python by its name; few are known, and none is called. */
export class Global {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** An element's type as NumPy writes it: `u1`, `b1`, `i8`; the order of its bytes follows it. */
export class DType {
  readonly code: string
  order = '|'

  constructor(code: string) {
    this.code = code
  }
}

/** An array of NumPy, once its parts are known. */
export class NdArray {
  shape: readonly number[] = []
  dtype?: DType
  data?: Stored
}

/** Names and codes are short: what is longer is none of them. */
const LONGEST = 64

/** A short text, or undefined for what is none. */
export function textOf(file: ContainerFile, value: Value): string | undefined {
  if (!(value instanceof Stored) || value.length > LONGEST) return undefined
  return String.fromCharCode(...decoded(file, value, file.bytes(value.offset, value.length)))
}

/** A value as errors show it. */
export function shownValue(value: Value | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'None'
  if (typeof value !== 'object') return String(value)
  if (value instanceof Stored) return `${value.text ? 'text' : 'bytes'} of length ${value.length}`
  if (value instanceof List) return `a list of ${value.items.length}`
  if (value instanceof Global) return value.name
  if (value instanceof DType) return `the dtype ${value.code}`
  if (value instanceof NdArray) return `an array of shape (${value.shape.join(', ')})`
  return `a tuple of ${value.length}`
}
