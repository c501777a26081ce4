import { toInt32 } from '../../dtype.ts'
import type { Backend, Binary, TypedArray, Unary } from '../backend.ts'
import { type Rows, rowsOf } from '../layout.ts'
import { allocate, valuesOf } from './storage.ts'

export const elementwise = {
  cast(x, dtype) {
    const { values: z, array } = allocate(x.shape, dtype)
    const xs = valuesOf(x)
    if (dtype !== 'int32') z.set(xs)
    else for (let i = 0; i < z.length; i++) z[i] = toInt32('astype', xs[i])
    return array
  },

  fill(value, shape, dtype) {
    const { values, array } = allocate(shape, dtype)
    values.fill(value)
    return array
  },

  unary(f, x) {
    const { values: z, array } = allocate(x.shape, x.dtype)
    const xs = valuesOf(x)
    const g = UNARY[f]
    for (let i = 0; i < z.length; i++) z[i] = g(xs[i])
    return array
  },

  binary(f, x, y, shape) {
    const { values: z, array } = allocate(shape, x.dtype)
    const rows = rowsOf(shape, [x.shape, y.shape])
    for (let r = 0; r < rows.count; r++) combine(f, valuesOf(x), valuesOf(y), z, rows, r)
    return array
  },

  where(condition, x, y, shape) {
    const { values: z, array } = allocate(shape, x.dtype)
    const [cs, xs, ys] = [valuesOf(condition), valuesOf(x), valuesOf(y)]
    const { n, count, starts, steps } = rowsOf(shape, [condition.shape, x.shape, y.shape])
    const [p, q, s] = steps
    for (let r = 0; r < count; r++) {
      const [h, i, j, at] = [starts[0][r], starts[1][r], starts[2][r], r * n]
      for (let c = 0; c < n; c++) z[at + c] = cs[h + c * p] !== 0 ? xs[i + c * q] : ys[j + c * s]
    }
    return array
  },

  broadcastTo(x, shape) {
    const { values: z, array } = allocate(shape, x.dtype)
    const xs = valuesOf(x)
    const { n, count, starts, steps } = rowsOf(shape, [x.shape])
    const step = steps[0]
    for (let r = 0; r < count; r++) {
      const [i, at] = [starts[0][r], r * n]
      for (let c = 0; c < n; c++) z[at + c] = xs[i + c * step]
    }
    return array
  },
} satisfies Partial<Backend>

/**
 * Row r of z = f(x, y). The four that a training step spends its time in are written out: a call for each element
 * costs three times as much.
 */
function combine(f: Binary, xs: TypedArray, ys: TypedArray, z: TypedArray, rows: Rows, r: number): void {
  const { n, starts, steps } = rows
  const [i, j, at] = [starts[0][r], starts[1][r], r * n]
  const [p, q] = steps
  if (f === 'add') for (let c = 0; c < n; c++) z[at + c] = xs[i + c * p] + ys[j + c * q]
  else if (f === 'sub') for (let c = 0; c < n; c++) z[at + c] = xs[i + c * p] - ys[j + c * q]
  else if (f === 'mul') for (let c = 0; c < n; c++) z[at + c] = xs[i + c * p] * ys[j + c * q]
  else if (f === 'div') for (let c = 0; c < n; c++) z[at + c] = xs[i + c * p] / ys[j + c * q]
  else {
    const g = BINARY[f]
    for (let c = 0; c < n; c++) z[at + c] = g(xs[i + c * p], ys[j + c * q])
  }
}

/** The scalar functions, in float64. */
export const UNARY: Readonly<Record<Unary, (x: number) => number>> = {
  neg: x => -x,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  expm1: Math.expm1,
  sqrt: Math.sqrt,
  rsqrt: x => 1 / Math.sqrt(x),
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  ceil: Math.ceil,
  round: halfToEven,
  trunc: Math.trunc,
  sin: Math.sin,
  cos: Math.cos,
  acos: Math.acos,
  asin: Math.asin,
  atan: Math.atan,
  tanh: Math.tanh,
  sigmoid: x => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  softplus: x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  // -0 stays.
  relu: x => (Math.sign(x) === -1 ? 0 : x),
  erf,
  erfc,
}

export const BINARY: Readonly<Record<Binary, (x: number, y: number) => number>> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  pow: (x, y) => x ** y,
  fmod: (x, y) => x % y,
  remainder,
  atan2: Math.atan2,
  maximum: (x, y) => Math.max(x, y),
  minimum: (x, y) => Math.min(x, y),
  equal: (x, y) => (x === y ? 1 : 0),
  notEqual: (x, y) => (x !== y ? 1 : 0),
  less: (x, y) => (x < y ? 1 : 0),
  lessEqual: (x, y) => (x <= y ? 1 : 0),
  greater: (x, y) => (x > y ? 1 : 0),
  greaterEqual: (x, y) => (x >= y ? 1 : 0),
}

/** The integer next to x, of two that are equally near the even one; -0 from -0.5 to -0, as IEEE 754 rounds. */
function halfToEven(x: number): number {
  const down = Math.floor(x)
  const above = x - down
  if (above === 0) return x
  const up = above > 0.5 || (above === 0.5 && down % 2 !== 0)
  const z = up ? down + 1 : down
  return z === 0 && x < 0 ? -0 : z
}

/** x - y floor(x / y), with the sign of y, as in Python and NumPy; that of a zero too. */
function remainder(x: number, y: number): number {
  const rest = x % y
  if (rest === 0) return y < 0 ? -0 : 0
  return rest < 0 === y < 0 ? rest : rest + y
}

/**
 * erf x = (2 / sqrt(pi)) e^(-x^2) sum over n of 2^n x^(2n+1) / (2n+1)!!  (Abramowitz and Stegun 7.1.6). All terms
 * have one sign, so nothing cancels; beyond 6 the result rounds to 1.
 */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x)
  let term = x
  let total = x
  for (let n = 1; Math.abs(term) > Math.abs(total) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    total += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total
}

/**
 * erfc x = 1 - erf x, and from 1.5 on, where that cancels, e^(-x^2) / sqrt(pi) over the continued fraction
 * x + (1/2) / (x + 1 / (x + (3/2) / (x + ..)))  (Abramowitz and Stegun 7.1.14), from its tail on.
 */
function erfc(x: number): number {
  if (x < 1.5) return 1 - erf(x)
  if (x > 27) return 0
  let fraction = x
  for (let n = TERMS; n > 0; n--) fraction = x + n / 2 / fraction
  // The square of x to 10 binary places is exact: rounded at once it would be off by 1e-16 times itself.
  const near = Math.round(x * 1024) / 1024
  const power = Math.exp(-near * near) * Math.exp((near - x) * (near + x))
  return power / (Math.sqrt(Math.PI) * fraction)
}

/** Enough for the digits of a double at 1.5, where it takes most. */
const TERMS = 150
