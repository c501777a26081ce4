import type { Shape } from '../../shape.ts'
import type { NDArray } from '../backend.ts'
import { bufferOf, type Context } from './context.ts'
import { FILL, type Program } from './program.ts'
import { DIV } from './snippets.ts'
import { stridedArguments, stridedIndexing } from './stridedIndexing.ts'

/** An axis of n positions, of which begin, begin + step, .. hold `count` elements. */
interface Axis {
  readonly n: number
  readonly count: number
  readonly begin: number
  readonly step: number
}

/** z[begin + i * step] = x[i], and `value` elsewhere. */
export function interiorPad(
  context: Context,
  x: NDArray,
  begin: readonly number[],
  step: readonly number[],
  shape: Shape,
  value: number,
): NDArray {
  // As an Int32Array keeps it.
  const other = x.dtype === 'int32' ? value | 0 : value
  const [low, high] = bufferOf(x).range
  const range = [Math.min(low, other), Math.max(high, other)] as const
  if (bufferOf(x).length === 0) return context.run(FILL, shape, x.dtype, [other], range)
  const axes = merged(shape.map((n, i) => ({ n, count: x.shape[i], begin: begin[i], step: step[i] })))
  const sizes = axes.map(axis => axis.n)
  const grid = axes.flatMap(axis => [axis.count, axis.begin, axis.step])
  const args = [x, other, ...stridedArguments(sizes, []), ...grid]
  return context.run(padded(axes.length), shape, x.dtype, args, range)
}

function padded(rank: number): Program {
  const { parameters, lines } = stridedIndexing(rank, [])
  const axes = Array.from({ length: rank }, (_, axis) => axis)
  const names = axes.map(axis => `count${axis}, begin${axis}, step${axis}`)
  const looks = axes.map(
    axis => `const from${axis} = ${axis === 0 ? 'rest' : `c${axis}`} - begin${axis};
    const i${axis} = div(Math.max(from${axis}, 0), step${axis});
    if (i${axis} * step${axis} !== from${axis} || i${axis} >= count${axis}) { on = 0; }`,
  )
  return {
    source: `function (${['x', 'value', parameters, ...names].filter(Boolean).join(', ')}) {
    // z[begin + i step] = x[i], i from 0 to count - 1 along each axis, else value
    ${lines}
    let on = 1;
    ${looks.join('\n    ')}
    let z = value;
    if (on === 1) { z = x[${axes.slice(1).reduce((at, axis) => `(${at}) * count${axis} + i${axis}`, 'i0')}]; }
    return z;
  }`,
    functions: [DIV],
  }
}

/** Axes of size 1 go, and a whole axis is one with its outer neighbour; at least one stays. */
function merged(axes: readonly Axis[]): readonly Axis[] {
  const few: Axis[] = []
  for (const { n, count, begin, step: given } of axes) {
    const step = count === 1 ? 1 : given
    const outer = few.at(-1)
    if (n === 1) continue
    if (n === count && outer?.step === 1) {
      few[few.length - 1] = { n: outer.n * n, count: outer.count * n, begin: outer.begin * n, step: 1 }
    } else few.push({ n, count, begin, step })
  }
  return few.length > 0 ? few : [{ n: 1, count: 1, begin: 0, step: 1 }]
}
