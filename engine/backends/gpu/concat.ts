import type { GpuBuffer, Range } from './buffer.ts'
import type { Context } from './context.ts'
import type { Program } from './program.ts'
import { DIV } from './snippets.ts'

/** Rows of `n` values each. */
interface Piece {
  readonly buffer: GpuBuffer
  readonly n: number
}

/** Arrays that one kernel concatenates; more are concatenated in groups first. */
const MAX_PIECES = 4

/** The pieces side by side in each of so many rows. */
export function concatRows(
  context: Context,
  rows: number,
  pieces: readonly Piece[],
  range: Range,
): GpuBuffer {
  const full = pieces.filter(({ buffer }) => buffer.length > 0)
  if (full.length > MAX_PIECES) return concatGroups(context, rows, full, range)
  const n = full.map(piece => piece.n)
  const total = n.reduce((sum, each) => sum + each, 0)
  if (rows * total === 0) return context.zeros(0)
  const args = [...full.map(piece => piece.buffer), ...n]
  return context.device.run(sideBySide(n.length), rows * total, args, range)
}

function concatGroups(context: Context, rows: number, pieces: readonly Piece[], range: Range): GpuBuffer {
  const size = Math.ceil(pieces.length / MAX_PIECES)
  const groups: Piece[] = []
  const made: GpuBuffer[] = []
  for (let i = 0; i < pieces.length; i += size) {
    const group = pieces.slice(i, i + size)
    const n = group.reduce((sum, piece) => sum + piece.n, 0)
    if (group.length > 1) made.push(concatRows(context, rows, group, range))
    groups.push(group.length > 1 ? { buffer: made.at(-1)!, n } : group[0])
  }
  return context.using(made, () => concatRows(context, rows, groups, range))
}

function sideBySide(count: number): Program {
  const pieces = Array.from({ length: count }, (_, k) => k)
  const names = (x: string): string[] => pieces.map(k => `${x}${k}`)
  const choices = pieces.map(
    k => `const i${k} = ${k === 0 ? `this.thread.x - row * (${names('n').join(' + ')})` : `i${k - 1} - n${k - 1}`};
    if (i${k} >= 0 && i${k} < n${k}) { z = x${k}[row * n${k} + i${k}]; }`,
  )
  return {
    source: `function (${[...names('x'), ...names('n')].join(', ')}) {
    // z[row, ..] = ${pieces.map(k => `x${k}[row, 0..n${k} - 1]`).join(' | ')}
    const row = div(this.thread.x, ${names('n').join(' + ')});
    let z = 0;
    ${choices.join('\n    ')}
    return z;
  }`,
    functions: [DIV],
  }
}
