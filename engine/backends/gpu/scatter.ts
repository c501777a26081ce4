import type { Backend, NDArray, Scatter } from '../backend.ts'
import { around } from '../layout.ts'
import { ravel } from '../placing.ts'
import type { Range } from './buffer.ts'
import { bufferOf, type Context } from './context.ts'
import { checked } from './indexing.ts'
import { type Program, SAFE_TURNS } from './program.ts'
import { ABOVE, DIV } from './snippets.ts'

export const scatter = (context: Context): Pick<Backend, 'scatter' | 'ravelIndex'> => ({
  scatter(f, x, index, src, axis) {
    const { n, inner } = around(x.shape, axis)
    const picks = checked(context, 'scatter', index, n)
    const m = index.shape[axis]
    // Where there is no index no loop looks at one, but arguments need elements.
    const given = picks.length === 0 ? [x, x] : [picks, src]
    const [p, q] = [bufferOf(x).range, bufferOf(given[1] as NDArray).range]
    const range: Range | undefined = f === 'mul' ? undefined : [Math.min(p[0], q[0]), Math.max(p[1], q[1])]
    const send = (to: NDArray, begin: number): NDArray => {
      const args = [to, ...given, n, m, inner, begin, Math.min(begin + SAFE_TURNS, m)]
      return context.run(PROGRAMS[f], x.shape, x.dtype, args, range)
    }
    let z = send(x, 0)
    for (let begin = SAFE_TURNS; begin < m; begin += SAFE_TURNS) {
      const before = z
      z = context.using([bufferOf(before)], () => send(before, begin))
    }
    return z
  },

  ravelIndex(op, index, sizes, shape) {
    const buffer = bufferOf(index)
    const [low, high] = buffer.range
    const least = Math.min(...sizes)
    if (sizes.length === 1 && (buffer.length === 0 || (low >= 0 && high < least))) return undefined
    const known = buffer.length === 0 || (low >= -least && high < least)
    const tested = known
      ? buffer
      : context.device.tested(buffer, values => {
          ravel(op, values, sizes, new Float32Array(values.length / sizes.length))
        })
    const range: Range = [0, Math.max(0, sizes.reduce((product, n) => product * n, 1) - 1)]
    return context.run(raveled(sizes.length), shape, 'int32', [tested, ...sizes], range)
  },
})

/** What becomes of z and v, as a statement. */
const STEPS: Readonly<Record<Scatter, string>> = {
  set: 'z = v;',
  mul: 'z = z * v;',
  max: 'if (above(v, z) > 0.5) { z = v; }',
  min: 'if (above(-v, -z) > 0.5) { z = v; }',
}

const program = (step: string): Program => ({
  source: `function (x, index, src, n, m, inner, begin, end) {
    // z[o, k, j] = x[o, k, j], then ${step} for v = src[o, i, j] in turn where index[o, i, j] = k, begin <= i < end,
    // x[outer, n, inner] index[outer, m, inner] src[outer, m, inner] -> [outer, n, inner]
    const row = div(this.thread.x, inner);
    const j = this.thread.x - row * inner;
    const o = div(row, n);
    const k = row - o * n;
    let z = x[this.thread.x];
    for (let i = begin; i < end; i += 1) {
      const at = (o * m + i) * inner + j;
      if (index[at] === k) {
        const v = src[at];
        ${step}
      }
    }
    return z;
  }`,
  functions: step.includes('above') ? [DIV, ABOVE] : [DIV],
})

const PROGRAMS: Readonly<Record<Scatter, Program>> = {
  set: program(STEPS.set),
  mul: program(STEPS.mul),
  max: program(STEPS.max),
  min: program(STEPS.min),
}

/** For so many sizes. */
function raveled(k: number): Program {
  const axes = Array.from({ length: k }, (_, i) => i)
  const steps = axes.map(
    i => `const p${i} = index[this.thread.x * ${k} + ${i}];
    place = place * n${i} + (p${i} < 0 ? p${i} + n${i} : p${i});`,
  )
  return {
    source: `function (index, ${axes.map(i => `n${i}`).join(', ')}) {
    // z[i] = the place of index[i, 0..${k - 1}] in an array of these sizes, negative ones from the end
    let place = 0;
    ${steps.join('\n    ')}
    return place;
  }`,
  }
}
