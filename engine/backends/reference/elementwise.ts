import { type Shape, sameShape, sizeOf } from '../../shape.ts'
import type { Backend, Binary, NDArray, TypedArray } from '../backend.ts'
import { BINARY, UNARY } from './functions.ts'
import { broadcastStrides, rowStarts } from './layout.ts'
import { allocate, valuesOf } from './storage.ts'

type Kernels = Pick<Backend, 'fill' | 'unary' | 'binary' | 'where' | 'broadcastTo'>

export const elementwise: Kernels = {
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
    const [xs, ys] = [valuesOf(x), valuesOf(y)]
    if (sameShape(x.shape, shape) && sameShape(y.shape, shape)) {
      combine(f, { values: xs, at: 0, step: 1 }, { values: ys, at: 0, step: 1 }, z, 0, z.length)
    } else {
      const [a, b] = [reader(x, shape), reader(y, shape)]
      eachRow(shape, (row, start, n) => {
        const left = { values: xs, at: a.starts[row], step: a.step }
        combine(f, left, { values: ys, at: b.starts[row], step: b.step }, z, start, n)
      })
    }
    return array
  },

  where(condition, x, y, shape) {
    const { values: z, array } = allocate(shape, x.dtype)
    const [cs, xs, ys] = [valuesOf(condition), valuesOf(x), valuesOf(y)]
    const [a, b, d] = [reader(condition, shape), reader(x, shape), reader(y, shape)]
    eachRow(shape, (row, start, n) => {
      const [i, j, k] = [a.starts[row], b.starts[row], d.starts[row]]
      for (let c = 0; c < n; c++)
        z[start + c] = cs[i + c * a.step] !== 0 ? xs[j + c * b.step] : ys[k + c * d.step]
    })
    return array
  },

  broadcastTo(x, shape) {
    const { values: z, array } = allocate(shape, x.dtype)
    const xs = valuesOf(x)
    const a = reader(x, shape)
    eachRow(shape, (row, start, n) => {
      const i = a.starts[row]
      for (let c = 0; c < n; c++) z[start + c] = xs[i + c * a.step]
    })
    return array
  },
}

/** Elements at, at + step, at + 2 step, .. of an array. */
interface Line {
  readonly values: TypedArray
  readonly at: number
  readonly step: number
}

/**
 * z[start + c] = f(x's c-th, y's c-th) for c < n. The four that a training step spends its time in are written out:
 * a call for each element costs three times as much.
 */
function combine(f: Binary, x: Line, y: Line, z: TypedArray, start: number, n: number): void {
  const { values: xs, at: i, step: p } = x
  const { values: ys, at: j, step: q } = y
  if (f === 'add') for (let c = 0; c < n; c++) z[start + c] = xs[i + c * p] + ys[j + c * q]
  else if (f === 'sub') for (let c = 0; c < n; c++) z[start + c] = xs[i + c * p] - ys[j + c * q]
  else if (f === 'mul') for (let c = 0; c < n; c++) z[start + c] = xs[i + c * p] * ys[j + c * q]
  else if (f === 'div') for (let c = 0; c < n; c++) z[start + c] = xs[i + c * p] / ys[j + c * q]
  else {
    const g = BINARY[f]
    for (let c = 0; c < n; c++) z[start + c] = g(xs[i + c * p], ys[j + c * q])
  }
}

/** How to read x as if it had `shape`: where each row starts, and the step along it. */
function reader(x: NDArray, shape: Shape): { starts: Int32Array; step: number } {
  const strides = broadcastStrides(x.shape, shape)
  return { starts: rowStarts(shape, strides), step: strides.at(-1) ?? 0 }
}

function eachRow(shape: Shape, visit: (row: number, start: number, n: number) => void): void {
  const n = shape.at(-1) ?? 1
  const rows = n === 0 ? 0 : sizeOf(shape) / n
  for (let row = 0; row < rows; row++) visit(row, row * n, n)
}
