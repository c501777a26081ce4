import { toInt32 } from '../../dtype.ts'
import type { Backend, Binary, TypedArray } from '../backend.ts'
import { type Rows, rowsOf } from '../layout.ts'
import { BINARY, UNARY } from './functions.ts'
import { allocate, valuesOf } from './storage.ts'

type Kernels = Pick<Backend, 'cast' | 'fill' | 'unary' | 'binary' | 'where' | 'broadcastTo'>

export const elementwise: Kernels = {
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
}

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
