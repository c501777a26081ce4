import { type Shape, stridesOf } from '../../shape.ts'
import type { Backend, TypedArray } from '../backend.ts'
import { around, rowStarts } from '../layout.ts'
import { ravel, SCATTER } from '../placing.ts'
import { allocate, valuesOf } from './storage.ts'

export const movement = {
  slice(x, begin, step, shape) {
    const { values: z, array } = allocate(shape, x.dtype)
    const xs = valuesOf(x)
    const { starts, stride } = region(x.shape, begin, step, shape)
    const n = shape.at(-1) ?? 1
    starts.forEach((start, row) => {
      for (let c = 0; c < n; c++) z[row * n + c] = xs[start + c * stride]
    })
    return array
  },

  interiorPad(x, begin, step, shape, value) {
    const { values: z, array } = allocate(shape, x.dtype)
    z.fill(value)
    const xs = valuesOf(x)
    const { starts, stride } = region(shape, begin, step, x.shape)
    const n = x.shape.at(-1) ?? 1
    starts.forEach((start, row) => {
      for (let c = 0; c < n; c++) z[start + c * stride] = xs[row * n + c]
    })
    return array
  },

  permute(x, axes) {
    const shape = axes.map(a => x.shape[a])
    const { values: z, array } = allocate(shape, x.dtype)
    const xs = valuesOf(x)
    const strides = stridesOf(x.shape)
    const moved = axes.map(a => strides[a])
    const n = shape.at(-1) ?? 1
    const step = moved.at(-1) ?? 0
    rowStarts(shape, moved).forEach((start, row) => {
      for (let c = 0; c < n; c++) z[row * n + c] = xs[start + c * step]
    })
    return array
  },

  concat(xs, axis) {
    const total = xs.reduce((n, x) => n + x.shape[axis], 0)
    const shape = xs[0].shape.map((n, i) => (i === axis ? total : n))
    const { values: z, array } = allocate(shape, xs[0].dtype)
    const { outer, inner } = around(shape, axis)
    let offset = 0
    for (const x of xs) {
      const values = valuesOf(x)
      const block = x.shape[axis] * inner
      for (let o = 0; o < outer; o++)
        z.set(values.subarray(o * block, (o + 1) * block), o * total * inner + offset)
      offset += block
    }
    return array
  },

  gather(x, index, axis) {
    const { values: z, array } = allocate(index.shape, x.dtype)
    const xs = valuesOf(x)
    eachPick('gather', x.shape, index.shape, valuesOf(index), axis, (at, place) => {
      z[at] = xs[place]
    })
    return array
  },

  take(x, index, axis, shape) {
    const { values: z, array } = allocate(shape, x.dtype)
    const [xs, picks] = [valuesOf(x), valuesOf(index)]
    const { outer, n, inner } = around(x.shape, axis)
    checkPicks('take', picks, n)
    const m = picks.length
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < m; i++)
        for (let j = 0; j < inner; j++) z[(o * m + i) * inner + j] = xs[(o * n + picks[i]) * inner + j]
    return array
  },

  scatterAdd(x, index, src, axis) {
    const { values: z, array } = allocate(x.shape, x.dtype)
    const total = Float64Array.from(valuesOf(x))
    const values = valuesOf(src)
    eachPick('scatterAdd', x.shape, index.shape, valuesOf(index), axis, (at, place) => {
      total[place] += values[at]
    })
    z.set(total)
    return array
  },

  scatter(f, x, index, src, axis) {
    const { values: z, array } = allocate(x.shape, x.dtype)
    z.set(valuesOf(x))
    const values = valuesOf(src)
    const g = SCATTER[f]
    eachPick('scatter', x.shape, index.shape, valuesOf(index), axis, (at, place) => {
      z[place] = g(z[place], values[at])
    })
    return array
  },

  ravelIndex(op, index, sizes, shape) {
    const { values: z, array } = allocate(shape, 'int32')
    ravel(op, valuesOf(index), sizes, z)
    return array
  },
} satisfies Partial<Backend>

/** Row starts and last stride of the places begin + i * step of an array of shape `outer`, for i in `inner`. */
function region(outer: Shape, begin: readonly number[], step: readonly number[], inner: Shape) {
  const strides = stridesOf(outer)
  const base = begin.reduce((sum, b, i) => sum + b * strides[i], 0)
  const apart = strides.map((s, i) => s * step[i])
  const empty = inner.some(n => n === 0)
  return { starts: empty ? new Int32Array(0) : rowStarts(inner, apart, base), stride: apart.at(-1) ?? 0 }
}

/** Visits each place `at` of the index, with the place of x that it names. */
function eachPick(
  op: string,
  x: Shape,
  index: Shape,
  picks: TypedArray,
  axis: number,
  visit: (at: number, place: number) => void,
): void {
  const { outer, n, inner } = around(x, axis)
  const m = index[axis]
  checkPicks(op, picks, n)
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < inner; j++) {
        const at = (o * m + i) * inner + j
        visit(at, (o * n + picks[at]) * inner + j)
      }
    }
  }
}

/** Throws on an index that is not in 0..n-1. */
function checkPicks(op: string, picks: TypedArray, n: number): void {
  const bad = picks.find(pick => !(pick >= 0 && pick < n))
  if (bad !== undefined) throw new Error(`${op}: an index from 0 to ${n - 1} expected, got ${bad}`)
}
