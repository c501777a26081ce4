import type { Backend, NDArray } from '../backend.ts'
import { around } from '../layout.ts'
import type { Cell } from './cell.ts'
import { type Core, cellOf } from './core.ts'
import { DIV, type Program, TURNS } from './program.ts'
import { addTerm, BEGIN_SUM, SUM } from './sums.ts'

type Kernels = Pick<Backend, 'gather' | 'scatterAdd'>

export const indexing = (core: Core): Kernels => ({
  gather(x, index, axis) {
    const { n, inner } = around(x.shape, axis)
    const { range } = cellOf(x)
    const picks = checked(core, 'gather', index, n)
    return core.run(GATHER, index.shape, x.dtype, [x, picks, n, index.shape[axis], inner], range)
  },

  scatterAdd(x, index, src, axis) {
    const { n, inner } = around(x.shape, axis)
    const picks = checked(core, 'scatterAdd', index, n)
    const m = index.shape[axis]
    // Where there is no index no loop looks at one, but arguments need elements.
    const given = picks.length === 0 ? [x, x] : [picks, src]
    const add = (to: NDArray, begin: number): NDArray =>
      core.run(SCATTER_ADD, x.shape, x.dtype, [to, ...given, n, m, inner, begin, Math.min(begin + TURNS, m)])
    let z = add(x, 0)
    for (let begin = TURNS; begin < m; begin += TURNS) z = core.using([cellOf(z)], () => add(z, begin))
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
 * where the device answers later a bad one is an error of the result.
 */
function checked(core: Core, op: string, index: NDArray, n: number): Cell {
  const cell = cellOf(index)
  const [low, high] = cell.range
  if (cell.length === 0 || (low >= 0 && high < n)) return cell
  const wrong = (pick: unknown): Error =>
    new Error(`${op}: an index from 0 to ${n - 1} expected, got ${pick}`)
  // A result without elements has nothing that an error could befall later.
  if (n === 0 && !core.device.traits.synchronous) throw wrong('one of an axis without elements')
  return core.device.tested(cell, values => {
    const bad = values.find(pick => !(pick >= 0 && pick < n))
    if (bad !== undefined) throw wrong(bad)
  })
}
