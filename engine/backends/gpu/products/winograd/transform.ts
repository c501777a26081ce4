import type { Cell } from '../../cell.ts'
import type { Core } from '../../core.ts'
import { DIV, type Program } from '../../program.ts'
import { foursOf } from '../pack.ts'
import type { Matrix } from './minimal.ts'

/** What an array is to a transform: x[outer, length, inner]. */
export interface View {
  readonly outer: number
  readonly length: number
  readonly inner: number
}

/** z[outer, tiles, inner, fours of T's rows]: T of each tile of x along an axis, tiles `step` apart. */
export function transform(core: Core, T: Matrix, step = 1): (x: Cell, view: View, tiles?: number) => Cell {
  const program = programOf(T, step)
  return (x, { outer, length, inner }, tiles = 1) =>
    core.device.runFours(program, outer * tiles * inner * foursOf(T.length), [x, length, inner, tiles])[0]
}

function programOf(T: Matrix, step: number): Program {
  const groups = foursOf(T.length)
  const each = Array.from({ length: groups }, (_, g) => `if (g === ${g}) { ${combinations(T, 4 * g)} }`)
  return {
    source: `function (x, length, inner, tiles) {
    // z[o, t, i, f] = sum over k of T[f, k] x[o, ${step} t + k, i], for four f;
    // T = ${JSON.stringify(T)}
    const s = div(this.thread.x, ${groups});
    const g = this.thread.x - s * ${groups};
    const r = div(s, inner);
    const o = div(r, tiles);
    const p = (o * length + (r - o * tiles) * ${step}) * inner + s - r * inner;
    ${T[0].map((_, k) => `const x${k} = x[p + ${k} * inner];`).join(' ')}
    let z0 = 0; let z1 = 0; let z2 = 0; let z3 = 0;
    ${each.join('\n    ')}
    return [z0, z1, z2, z3];
  }`,
    functions: [DIV],
  }
}

const combinations = (T: Matrix, first: number): string =>
  T.slice(first, first + 4)
    .map((row, l) => `z${l} = ${row.flatMap((v, k) => (v === 0 ? [] : `(${v}) * x${k}`)).join(' + ')};`)
    .join(' ')
