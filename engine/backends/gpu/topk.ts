import type { Backend, NDArray } from '../backend.ts'
import { around } from '../layout.ts'
import { bufferOf, type Context } from './context.ts'
import { FILL, type Program, SAFE_TURNS } from './program.ts'
import { DIV } from './snippets.ts'

/** How many elements of its line come before each, and then for each of the first k which element that is. */
export const topk = (context: Context): Pick<Backend, 'topk'> => ({
  topk(x, k, axis, largest) {
    const { n, inner } = around(x.shape, axis)
    const shape = x.shape.with(axis, k)
    const range = [0, Math.max(0, n - 1)] as const
    /** `program` over all n in parts that every device runs, each on what the one before left. */
    const inParts = (
      program: Program,
      like: NDArray['shape'],
      args: readonly (NDArray | number)[],
    ): NDArray => {
      let z = context.run(FILL, like, 'int32', [0], range)
      for (let begin = 0; begin < n; begin += SAFE_TURNS) {
        const part = [begin, Math.min(begin + SAFE_TURNS, n)]
        const before = z
        z = context.using([bufferOf(before)], () =>
          context.run(program, like, 'int32', [...args, before, ...part], range),
        )
      }
      return z
    }
    const ranks = inParts(RANK, x.shape, [x, n, inner, largest ? 1 : 0])
    return context.using([bufferOf(ranks)], () => inParts(AT_RANK, shape, [ranks, n, inner, k]))
  },
})

const RANK: Program = {
  source: `function (x, n, inner, largest, before, begin, end) {
    // z[o, t, j] = before[o, t, j] + the number of i from begin to end - 1 with x[o, i, j] before x[o, t, j]
    const row = div(this.thread.x, inner);
    const j = this.thread.x - row * inner;
    const o = div(row, n);
    const t = row - o * n;
    const v = x[this.thread.x];
    const vIsNaN = notANumber(v);
    let count = before[this.thread.x];
    for (let i = begin; i < end; i += 1) {
      const w = x[(o * n + i) * inner + j];
      const wIsNaN = notANumber(w);
      let comes = i < t ? 1 : 0;
      if (w > v) { comes = largest; }
      if (w < v) { comes = 1 - largest; }
      if (wIsNaN + vIsNaN > 0.5) { comes = wIsNaN > vIsNaN ? largest : 1 - largest; }
      if (wIsNaN + vIsNaN > 1.5) { comes = i < t ? 1 : 0; }
      count += comes;
    }
    return count;
  }`,
  functions: [DIV],
}

const AT_RANK: Program = {
  source: `function (ranks, n, inner, k, before, begin, end) {
    // z[o, r, j] = before[o, r, j] + the i from begin to end - 1 with ranks[o, i, j] = r, if any
    const row = div(this.thread.x, inner);
    const j = this.thread.x - row * inner;
    const o = div(row, k);
    const r = row - o * k;
    let place = before[this.thread.x];
    for (let i = begin; i < end; i += 1) {
      if (ranks[(o * n + i) * inner + j] === r) { place += i; }
    }
    return place;
  }`,
  functions: [DIV],
}
