import { sizeOf } from '../../shape.ts'
import type { Backend, NDArray } from '../backend.ts'
import { around } from '../layout.ts'
import type { GpuBuffer } from './buffer.ts'
import { bufferOf, type Context } from './context.ts'
import { type Program, SAFE_TURNS } from './program.ts'
import { addTerm, BEGIN_SUM, DIV, SUM } from './snippets.ts'

export const indexing = (context: Context): Pick<Backend, 'gather' | 'take' | 'scatterAdd'> => ({
  gather(x, index, axis) {
    const { n, inner } = around(x.shape, axis)
    const { range } = bufferOf(x)
    const picks = checked(context, 'gather', index, n)
    return context.run(GATHER, index.shape, x.dtype, [x, picks, n, index.shape[axis], inner], range)
  },

  take(x, index, axis, shape) {
    const { n, inner } = around(x.shape, axis)
    const { range } = bufferOf(x)
    const picks = checked(context, 'take', index, n)
    return context.run(TAKE, shape, x.dtype, [x, picks, n, sizeOf(index.shape), inner], range)
  },

  scatterAdd(x, index, src, axis) {
    const { n, inner } = around(x.shape, axis)
    const picks = checked(context, 'scatterAdd', index, n)
    const m = index.shape[axis]
    // Where there is no index no loop looks at one, but arguments need elements.
    const given = picks.length === 0 ? [x, x] : [picks, src]
    const add = (to: NDArray, begin: number): NDArray => {
      const args = [to, ...given, n, m, inner, begin, Math.min(begin + SAFE_TURNS, m)]
      return context.run(SCATTER_ADD, x.shape, x.dtype, args)
    }
    let z = add(x, 0)
    for (let begin = SAFE_TURNS; begin < m; begin += SAFE_TURNS)
      z = context.using([bufferOf(z)], () => add(z, begin))
    return z
  },
})

const GATHER: Program = {
  source: `function (x, index, n, m, inner) {
    // z[o, i, j] = x[o, index[o, i, j], j], x[outer, n, inner] index[outer, m, inner] -> [outer, m, inner]
    const row = div(this.thread.x, inner);
    const j = this.thread.x - row * inner;
    const pick = index[this.thread.x];
    return x[(div(row, m) * n + pick) * inner + j];
  }`,
  functions: [DIV],
}

const TAKE: Program = {
  source: `function (x, index, n, m, inner) {
    // z[o, i, j] = x[o, index[i], j], x[outer, n, inner] index[m] -> [outer, m, inner]
    const row = div(this.thread.x, inner);
    const j = this.thread.x - row * inner;
    const o = div(row, m);
    const pick = index[row - o * m];
    return x[(o * n + pick) * inner + j];
  }`,
  functions: [DIV],
}

const SCATTER_ADD: Program = {
  source: `function (x, index, src, n, m, inner, begin, end) {
    // z[o, k, j] = x[o, k, j] + sum over i of src[o, i, j] where index[o, i, j] = k, begin <= i < end,
    // x[outer, n, inner] index[outer, m, inner] src[outer, m, inner] -> [outer, n, inner]
    const row = div(this.thread.x, inner);
    const j = this.thread.x - row * inner;
    const o = div(row, n);
    const k = row - o * n;
    ${BEGIN_SUM}
    for (let i = begin; i < end; i += 1) {
      const at = (o * m + i) * inner + j;
      if (index[at] === k) { ${addTerm('src[at]')} }
    }
    return x[this.thread.x] + ${SUM};
  }`,
  functions: [DIV],
}

/**
 * The index as a kernel takes it, when all of it lies in 0..n-1. Its bounds often tell; else its values are read, and
 * where the device answers later a bad one is an error of the result, if that has elements to read.
 */
export function checked(context: Context, op: string, index: NDArray, n: number): GpuBuffer {
  const buffer = bufferOf(index)
  const [low, high] = buffer.range
  if (buffer.length === 0 || (low >= 0 && high < n)) return buffer
  return context.device.tested(buffer, values => {
    const bad = values.find(pick => !(pick >= 0 && pick < n))
    if (bad !== undefined) throw new Error(`${op}: an index from 0 to ${n - 1} expected, got ${bad}`)
  })
}
