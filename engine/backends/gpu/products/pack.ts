import type { Cell } from '../cell.ts'
import type { Core } from '../core.ts'
import type { Program } from '../program.ts'
import { numbers, walk } from '../walk.ts'

/** Number of fours that hold n. */
export const foursOf = (n: number): number => Math.ceil(n / 4)

const programs = new Map<number, Program>()

/** z[.., i, k4] = x[.., i, 4 k4 .. 4 k4 + 3]: the last axis in fours; zeros from `rows` and `depth` on. */
function packing(rank: number): Program {
  let program = programs.get(rank)
  if (program === undefined) {
    const { parameters, lines, functions } = walk(rank, ['x'])
    const row = rank === 2 ? 'rest' : `c${rank - 2}`
    program = {
      source: `function (x, ${parameters}, step, rows, depth) {
    // z[.., i, k, 0..3] = x[.., i, 4 k], x[.., i, 4 k + 1], x[.., i, 4 k + 2], x[.., i, 4 k + 3]; 0 where i >= rows or
    // beyond depth
    ${lines}
    const k = ${row} < rows ? c${rank - 1} * 4 : depth;
    let z0 = 0; let z1 = 0; let z2 = 0; let z3 = 0;
    if (k < depth) { z0 = x[xAt]; }
    if (k + 1 < depth) { z1 = x[xAt + step]; }
    if (k + 2 < depth) { z2 = x[xAt + 2 * step]; }
    if (k + 3 < depth) { z3 = x[xAt + 3 * step]; }
    return [z0, z1, z2, z3];
  }`,
      functions,
    }
    programs.set(rank, program)
  }
  return program
}

/** An array of `sizes`, rank 2 at least, read at `strides`: its last axis in fours, its rows padded to `rows`. */
export function pack(
  core: Core,
  x: Cell,
  sizes: readonly number[],
  strides: readonly number[],
  rows = sizes.at(-2)!,
): Cell {
  const [real, depth] = sizes.slice(-2)
  const fours = [...sizes.slice(0, -2), rows, foursOf(depth)]
  const steps = [...strides.slice(0, -1), strides.at(-1)! * 4]
  const threads = fours.reduce((n, m) => n * m, 1)
  const args = [x, ...numbers(fours, [steps]), strides.at(-1)!, real, depth]
  return core.device.runFours(packing(sizes.length), threads, args)[0]
}
