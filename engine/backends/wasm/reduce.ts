import { type Shape, sizeOf } from '../../shape.ts'
import type { Backend, NDArray, Reduction } from '../backend.ts'
import { around } from '../layout.ts'
import { topPlaces } from '../topPlaces.ts'
import type { Context } from './context.ts'
import { movement } from './movement.ts'

/** What an element costs, in floating-point operations, memory traffic included. */
const WORK: Readonly<Record<Reduction, number>> = { sum: 8, max: 6, min: 6, norm: 10, logSumExp: 100 }
const ARGMAX_WORK = 10

/** Elements of a part, and how many sections are few: those are cut into parts, for threads to share. */
const PART = 16384
const FEW = 8

/** Are sections of n rows of `width` elements cut into parts? */
export const isCut = (count: number, n: number, width: number): boolean =>
  count <= FEW && n > 2 * partOf(width)

/** Rows of a part. */
const partOf = (width: number): number => Math.max(1, Math.ceil(PART / width))

/**
 * Reductions of float32. After neighbouring axes that go (or stay) became one, x is [count, n, width] with n to go:
 * `count` sections of n rows. Anything more interleaved is permuted into that. Long sections are reduced to parts of
 * a fixed size first and the parts then, whatever the number of threads, so that results do not depend on it.
 */
export const reduction = (context: Context) =>
  ({
    reduce(f, x, axes, shape) {
      const { array, at } = context.storage.allocate(shape, 'float32')
      const sections = sectionsOf(x.shape, axes)
      if (sections !== undefined) {
        reduceSections(context, f, x, sections, at)
        return array
      }
      const kept = x.shape.map((_, i) => i).filter(i => !axes.includes(i))
      const lines = movement(context).permute(x, [...kept, ...axes])
      try {
        const n = sizeOf(axes.map(i => x.shape[i]))
        reduceSections(context, f, lines, { count: sizeOf(shape), n, width: 1 }, at)
        return array
      } finally {
        context.storage.free(lines.buffer)
      }
    },

    reduceEach(f, xs) {
      const { array, at } = context.storage.allocate([xs.length], 'float32')
      for (let i = 0; i < xs.length; i++) {
        reduceSections(context, f, xs[i], { count: 1, n: sizeOf(xs[i].shape), width: 1 }, at + i * 4)
      }
      return array
    },

    argmax(x, axis, shape) {
      const { outer, n, inner } = around(x.shape, axis)
      const { array, at } = context.storage.allocate(shape, 'int32')
      const work = outer * n * inner * ARGMAX_WORK
      if (inner === 1) context.threads.run('argmaxRows', outer, work, context.storage.at(x), n, at)
      else context.threads.run('argmaxColumns', outer, work, context.storage.at(x), n, at, inner)
      return array
    },

    // By the host: how far it has to look depends on the values.
    topk(x, k, axis, largest) {
      const { outer, n, inner } = around(x.shape, axis)
      const { array, at } = context.storage.allocate(x.shape.with(axis, k), 'int32')
      const [from, to] = [context.storage.at(x) / 4, at / 4]
      const { floats, ints } = context.memory
      for (let o = 0; o < outer; o++) {
        for (let j = 0; j < inner; j++) {
          const line = { start: from + o * n * inner + j, stride: inner, n }
          topPlaces(floats, line, k, largest, ints, to + o * k * inner + j)
        }
      }
      return array
    },
  }) satisfies Partial<Backend>

/** `count` sections of n rows of `width` elements, one after another; the rows of each become one. */
interface Sections {
  readonly count: number
  readonly n: number
  readonly width: number
}

/** x's shape as sections, or undefined where the axes that go are apart from each other. */
function sectionsOf(shape: Shape, axes: readonly number[]): Sections | undefined {
  let [count, n, width] = [1, 1, 1]
  for (let i = 0; i < shape.length; i++) {
    if (shape[i] === 1) continue
    if (!axes.includes(i)) width *= shape[i]
    else {
      // Rows begin with the first axis that goes; what follows the last of them is their width.
      if (n === 1) [count, width] = [width, 1]
      if (width !== 1) return undefined
      n *= shape[i]
    }
  }
  return n === 1 ? { count: width, n, width: 1 } : { count, n, width }
}

/** To z, an address. */
function reduceSections(
  context: Context,
  f: Reduction,
  x: NDArray,
  { count, n, width }: Sections,
  z: number,
): void {
  const at = context.storage.at(x)
  const fold = (sections: number, from: number, stop: number, rows: number, to: number): void => {
    const work = ((stop - from) / 4) * WORK[f]
    if (width === 1) context.threads.run(`${f}Rows`, sections, work, from, stop, rows, to)
    else context.threads.run(`${f}Columns`, sections, work, from, stop, rows, to, width)
  }
  const bytes = n * width * 4
  const rows = partOf(width)
  if (!isCut(count, n, width)) fold(count, at, at + count * bytes, n, z)
  else {
    const parts = Math.ceil(n / rows)
    context.memory.temporary(parts * width * 4, partial => {
      for (let i = 0; i < count; i++) {
        fold(parts, at + i * bytes, at + (i + 1) * bytes, rows, partial)
        fold(1, partial, partial + parts * width * 4, parts, z + i * width * 4)
      }
    })
  }
}
