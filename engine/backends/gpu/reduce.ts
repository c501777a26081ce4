import { type Shape, sizeOf } from '../../shape.ts'
import type { Backend, Reduction } from '../backend.ts'
import { around, collapse } from '../layout.ts'
import type { GpuBuffer, Range } from './buffer.ts'
import { bufferOf, type Context } from './context.ts'
import { ARGMAX, ARGMAX_OF, PARTIAL } from './partialReduction.ts'
import { FILL } from './program.ts'

/** The most terms that one thread reduces: more go in stages, so that threads share them and sums stay exact. */
const STAGE_TERMS = 256

/** Of no terms. */
const NOTHING: Readonly<Record<Reduction, number>> = {
  sum: 0,
  norm: 0,
  max: -Infinity,
  min: Infinity,
  logSumExp: -Infinity,
}

export const reduction = (context: Context): Pick<Backend, 'reduce' | 'argmax'> => ({
  reduce(f, x, axes, shape) {
    if (sizeOf(x.shape) === 0) return context.run(FILL, shape, x.dtype, [NOTHING[f]])
    const range = f === 'max' || f === 'min' ? bufferOf(x).range : undefined
    const partial = (from: GpuBuffer, { outer, m, w }: Stage) =>
      context.device.run(PARTIAL[f], outer * w, [from, m, w, Math.ceil(m / w)], range)
    const [first, ...more] = passes(x.shape, axes)
    const last = more.reduce(
      (from, stage) => context.using([from], () => partial(from, stage)),
      partial(bufferOf(x), first),
    )
    return { shape, dtype: x.dtype, buffer: last }
  },

  argmax(x, axis, shape) {
    const { outer, n, inner } = around(x.shape, axis)
    const range: Range = [0, n - 1]
    const [first, ...more] = stages(outer, n, inner)
    /** Positions in a row until the last stage, then along the axis. */
    const size = (stage: Stage): readonly number[] => {
      const { m, w } = stage
      return [w === inner ? inner : 1, m, w, Math.ceil(m / w)]
    }
    const last = more.reduce(
      (positions, stage) =>
        context.using([positions], () =>
          context.device.run(
            ARGMAX_OF,
            outer * stage.w,
            [bufferOf(x), positions, n * inner, ...size(stage)],
            range,
          ),
        ),
      context.device.run(ARGMAX, outer * first.w, [bufferOf(x), ...size(first)], range),
    )
    return { shape, dtype: 'int32', buffer: last }
  },
})

/** [outer, m] -> [outer, w]: what one call of a kernel does, see partialReduction.ts. */
interface Stage {
  readonly outer: number
  readonly m: number
  readonly w: number
}

/**
 * Neighbouring axes that go are one: [outer, n, inner] -> [outer, inner]. Where they lie apart each is a pass of its own,
 * from the last on, over what the pass before left: a sum of sums, a length of lengths.
 */
function passes(from: Shape, going: readonly number[]): Stage[] {
  const to = from.map((n, i) => (going.includes(i) ? 1 : n))
  const { sizes, strides } = collapse(from, [from, to])
  const goes = (i: number): boolean => strides[1][i] === 0
  const axes = sizes.map((_, i) => i)
  const gone = axes.filter(goes).reverse()
  if (gone.length === 0) return stages(sizeOf(sizes), 1, 1)
  return gone.flatMap(axis => {
    const inner = axes.filter(i => i > axis && !goes(i))
    return stages(sizeOf(sizes.slice(0, axis)), sizes[axis], sizeOf(inner.map(i => sizes[i])))
  })
}

/** Of n terms each, in stages of about as many terms a thread; how many does not depend on how many results there are. */
function stages(outer: number, n: number, inner: number): Stage[] {
  const depth = Math.max(1, Math.ceil(Math.log(n) / Math.log(STAGE_TERMS)))
  const blocks = Math.ceil(n / Math.ceil(n ** (1 / depth)))
  const stage = { outer, m: n * inner, w: blocks * inner }
  return blocks === 1 ? [stage] : [stage, ...stages(outer, blocks, inner)]
}
