import { convert, nearest, saturate } from './rounding.ts'
import type { V128 } from './vectors.ts'

type Lanes =
  | Float32ArrayConstructor
  | Float64ArrayConstructor
  | Int32ArrayConstructor
  | Uint32ArrayConstructor
type Map = (...values: number[]) => number

/** f lane by lane; storing a lane rounds it, or takes it modulo 2^32. */
const each =
  (T: Lanes, f: Map) =>
  (...vectors: V128[]): V128 => {
    const [first, ...rest] = vectors.map(v => new T(v))
    return first.map((x, i) => f(x, ...rest.map(v => v[i]))).buffer as V128
  }

/** All bits of a lane set where `holds`, else none. */
const mask =
  (T: Lanes, holds: (x: number, y: number) => boolean) =>
  (a: V128, b: V128): V128 => {
    const [xs, ys, n] = [new T(a), new T(b), T.BYTES_PER_ELEMENT]
    return Uint8Array.from({ length: 16 }, (_, i) => {
      const lane = Math.floor(i / n)
      return holds(xs[lane], ys[lane]) ? 255 : 0
    }).buffer
  }

/** Lanes of one kind to as many of another kind as there are, the rest 0. */
const between =
  (From: Lanes, To: Lanes, f: Map = convert) =>
  (v: V128): V128 => {
    const z = new To(16 / To.BYTES_PER_ELEMENT)
    const xs = new From(v).subarray(0, z.length)
    for (let i = 0; i < xs.length; i++) z[i] = f(xs[i])
    return z.buffer as V128
  }

const common = (T: Lanes) => ({
  splat: (x: number): V128 => new T(16 / T.BYTES_PER_ELEMENT).fill(x).buffer as V128,
  extract_lane: (v: V128, lane: number) => new T(v)[lane],
  replace_lane: (v: V128, lane: number, x: number): V128 => {
    const z = new T(v.slice(0))
    z[lane] = x
    return z.buffer as V128
  },
  shuffle: (a: V128, b: V128, ...lanes: number[]): V128 => {
    // By bytes: a lane may hold anything, such as a NaN whose bits a number would not keep.
    const [all, n] = [new Uint8Array([...new Uint8Array(a), ...new Uint8Array(b)]), T.BYTES_PER_ELEMENT]
    return Uint8Array.from({ length: 16 }, (_, i) => all[lanes[Math.floor(i / n)] * n + (i % n)]).buffer
  },
  add: each(T, (x, y) => x + y),
  sub: each(T, (x, y) => x - y),
  neg: each(T, x => -x),
  abs: each(T, Math.abs),
  eq: mask(T, (x, y) => x === y),
  ne: mask(T, (x, y) => x !== y),
})

const real = (T: typeof Float32Array | typeof Float64Array) => ({
  ...common(T),
  mul: each(T, (x, y) => x * y),
  div: each(T, (x, y) => x / y),
  sqrt: each(T, Math.sqrt),
  min: each(T, Math.min),
  max: each(T, Math.max),
  // biome-ignore-start lint/complexity/useMathMinMax: these differ from Math's at NaN and at zeros
  pmin: each(T, (x, y) => (y < x ? y : x)),
  pmax: each(T, (x, y) => (x < y ? y : x)),
  // biome-ignore-end lint/complexity/useMathMinMax: as above
  floor: each(T, Math.floor),
  ceil: each(T, Math.ceil),
  trunc: each(T, Math.trunc),
  nearest: each(T, nearest),
  lt: mask(T, (x, y) => x < y),
  le: mask(T, (x, y) => x <= y),
  gt: mask(T, (x, y) => x > y),
  ge: mask(T, (x, y) => x >= y),
})

/** A vector out of its lanes, as `f32x4(1, 2, 3, 4)`. */
const made =
  (T: Lanes) =>
  (...lanes: number[]) =>
    new T(lanes).buffer as V128

export const floats = Object.assign(made(Float32Array), real(Float32Array), {
  convert_i32x4_s: between(Int32Array, Float32Array),
  demote_f64x2_zero: between(Float64Array, Float32Array),
})

export const doubles = Object.assign(made(Float64Array), real(Float64Array), {
  promote_low_f32x4: between(Float32Array, Float64Array),
  convert_low_i32x4_s: between(Int32Array, Float64Array),
})

export const integers = Object.assign(made(Int32Array), common(Int32Array), {
  mul: each(Int32Array, Math.imul),
  min_s: each(Int32Array, Math.min),
  max_s: each(Int32Array, Math.max),
  lt_s: mask(Int32Array, (x, y) => x < y),
  le_s: mask(Int32Array, (x, y) => x <= y),
  gt_s: mask(Int32Array, (x, y) => x > y),
  ge_s: mask(Int32Array, (x, y) => x >= y),
  lt_u: mask(Uint32Array, (x, y) => x < y),
  ge_u: mask(Uint32Array, (x, y) => x >= y),
  shl: (v: V128, n: number) => each(Int32Array, x => x << n)(v),
  shr_s: (v: V128, n: number) => each(Int32Array, x => x >> n)(v),
  shr_u: (v: V128, n: number) => each(Int32Array, x => x >>> n)(v),
  trunc_sat_f32x4_s: between(Float32Array, Int32Array, saturate),
  all_true: (v: V128) => new Int32Array(v).every(x => x !== 0),
  bitmask: (v: V128) => new Int32Array(v).reduce((bits, x, i) => bits | (x < 0 ? 1 << i : 0), 0),
})
