import type { Context } from './context.ts'

/** What a word costs, in floating-point operations. */
const WORK = 6
/** A line of the cache, in words. */
const LINE = 16
/** Axes that the kernels go through besides the last, or the matrix. */
const LOOPS = { move: 3, transpose: 2 }

/** An axis of n places, `from` words apart in the source and `to` in the target. */
export interface Axis {
  readonly n: number
  readonly from: number
  readonly to: number
}

/**
 * Copies words from x to z, addresses in bytes, for every combination of places along the axes. The last axis, or the
 * one along which x is contiguous, is done at once.
 */
export function copy(context: Context, x: number, z: number, axes: readonly Axis[]): void {
  if (axes.some(({ n }) => n === 0)) return
  const joined = join(axes)
  const last = joined.at(-1)!
  const across = joined.findIndex(({ from }) => from === 1)
  const matrix = last.to === 1 && last.from !== 1 && across >= 0
  const loops = joined.filter((_, i) => i < joined.length - 1 && !(matrix && i === across))
  if (!matrix) {
    each(loops, LOOPS.move, x, z, (from, to, outer) => copyRows(context, from, to, outer, last))
    return
  }
  const columns = joined[across]
  each(loops, LOOPS.transpose, x, z, (from, to, outer) => {
    if (outer.length > 0) transpose(context, from, to, outer, last, columns)
    else {
      // One matrix: in strips, which threads can share.
      const strips = Math.floor(columns.n / LINE)
      const strip = { n: strips, from: LINE, to: LINE * columns.to }
      if (strips > 0) transpose(context, from, to, [strip], last, { ...columns, n: LINE })
      const done = strips * LINE
      const rest = { ...columns, n: columns.n - done }
      if (rest.n > 0) transpose(context, from + done * 4, to + done * columns.to * 4, [], last, rest)
    }
  })
}

/** The axes without those of one place, neighbours as one where both sides run on; at least one axis. */
function join(axes: readonly Axis[]): Axis[] {
  const joined: Axis[] = []
  for (const axis of axes) {
    if (axis.n === 1) continue
    const before = joined.at(-1)
    if (before !== undefined && before.from === axis.from * axis.n && before.to === axis.to * axis.n) {
      joined[joined.length - 1] = { ...axis, n: before.n * axis.n }
    } else joined.push(axis)
  }
  return joined.length > 0 ? joined : [{ n: 1, from: 1, to: 1 }]
}

/** Visits each combination of places along all but the last `most` axes. */
function each(
  axes: readonly Axis[],
  most: number,
  x: number,
  z: number,
  visit: (x: number, z: number, axes: readonly Axis[]) => void,
): void {
  if (axes.length <= most) {
    visit(x, z, axes)
    return
  }
  const [{ n, from, to }, ...rest] = axes
  for (let i = 0; i < n; i++) each(rest, most, x + i * from * 4, z + i * to * 4, visit)
}

/** Axis i, or one of a single place where there is none. */
const axisOf = (axes: readonly Axis[], i: number): Axis => axes[i] ?? { n: 1, from: 0, to: 0 }

function copyRows(context: Context, x: number, z: number, loops: readonly Axis[], row: Axis): void {
  const [a, b, c] = [0, 1, 2].map(i => axisOf(loops, i))
  const work = a.n * b.n * c.n * row.n * WORK
  const [xs, zs] = [[a, b, c, row].map(v => v.from * 4), [a, b, c, row].map(v => v.to * 4)]
  context.threads.run(
    'move',
    a.n,
    work,
    x,
    z,
    b.n,
    c.n,
    row.n,
    xs[0],
    xs[1],
    xs[2],
    xs[3],
    zs[0],
    zs[1],
    zs[2],
    zs[3],
  )
}

/** z's rows are what lies along x's columns, and the other way round. */
function transpose(
  context: Context,
  x: number,
  z: number,
  loops: readonly Axis[],
  rows: Axis,
  columns: Axis,
): void {
  const [a, b] = [0, 1].map(i => axisOf(loops, i))
  const work = a.n * b.n * rows.n * columns.n * WORK
  const xs = [a, b, rows].map(v => v.from * 4)
  const zs = [a, b, columns].map(v => v.to * 4)
  context.threads.run(
    'transpose',
    a.n,
    work,
    x,
    z,
    b.n,
    rows.n,
    columns.n,
    xs[0],
    xs[1],
    xs[2],
    zs[0],
    zs[1],
    zs[2],
  )
}
