import { nearest } from './rounding.ts'
import { memoryView } from './vectors.ts'

const LITTLE = true
const bits = new DataView(new ArrayBuffer(8))

/** f on numbers of one precision: arguments are literals or were rounded before, results are rounded. */
const reals = (round: (x: number) => number) => {
  const rounded =
    (f: (...values: number[]) => number) =>
    (...values: number[]) =>
      round(f(...values.map(round)))
  return {
    add: rounded((x, y) => x + y),
    sub: rounded((x, y) => x - y),
    mul: rounded((x, y) => x * y),
    div: rounded((x, y) => x / y),
    sqrt: rounded(Math.sqrt),
    abs: rounded(Math.abs),
    copysign: rounded((x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x))),
    min: rounded(Math.min),
    max: rounded(Math.max),
    floor: rounded(Math.floor),
    ceil: rounded(Math.ceil),
    trunc: rounded(Math.trunc),
    nearest: rounded(nearest),
    eq: (x: number, y: number) => x === y,
    ne: (x: number, y: number) => x !== y,
  }
}

export const f32 = Object.assign((x: number) => Math.fround(x), reals(Math.fround), {
  load: (at: number, offset = 0) => memoryView().getFloat32(at + offset, LITTLE),
  store: (at: number, x: number, offset = 0) => memoryView().setFloat32(at + offset, x, LITTLE),
  reinterpret_i32(x: number) {
    bits.setInt32(0, x)
    return bits.getFloat32(0)
  },
  MAX_VALUE: 2 ** 128 - 2 ** 104,
})

export const f64 = Object.assign(
  (x: number) => x,
  reals(x => x),
  {
    load: (at: number, offset = 0) => memoryView().getFloat64(at + offset, LITTLE),
    store: (at: number, x: number, offset = 0) => memoryView().setFloat64(at + offset, x, LITTLE),
  },
)

export const i32 = Object.assign((x: number) => Number(x) | 0, {
  load: (at: number, offset = 0) => memoryView().getInt32(at + offset, LITTLE),
  store: (at: number, x: number, offset = 0) => memoryView().setInt32(at + offset, x, LITTLE),
  add: (x: number, y: number) => (x + y) | 0,
  sub: (x: number, y: number) => (x - y) | 0,
  mul: Math.imul,
  clz: Math.clz32,
  ctz: (x: number) => (x === 0 ? 32 : 31 - Math.clz32(x & -x)),
  reinterpret_f32(x: number) {
    bits.setFloat32(0, x)
    return bits.getInt32(0)
  },
  MAX_VALUE: 2 ** 31 - 1,
  MIN_VALUE: -(2 ** 31),
})

export const select = <T>(x: T, y: T, condition: boolean | number): T => (condition ? x : y)
