import type { Cell, Range } from './cell.ts'
import type { Core } from './core.ts'
import { DIV, type Program } from './program.ts'

/** Rows of `n` values each. */
interface Part {
  readonly cell: Cell
  readonly n: number
}

/** Arrays that one kernel joins; more are joined in groups first. */
const MOST_PARTS = 4

/** The parts side by side in each of so many rows. */
export function join(core: Core, rows: number, parts: readonly Part[], range: Range): Cell {
  const full = parts.filter(({ cell }) => cell.length > 0)
  if (full.length > MOST_PARTS) return joinGroups(core, rows, full, range)
  const n = full.map(part => part.n)
  const total = n.reduce((sum, each) => sum + each, 0)
  if (rows * total === 0) return core.zeros(0)
  return core.device.run(sideBySide(n.length), rows * total, [...full.map(part => part.cell), ...n], range)
}

function joinGroups(core: Core, rows: number, parts: readonly Part[], range: Range): Cell {
  const size = Math.ceil(parts.length / MOST_PARTS)
  const groups: Part[] = []
  const made: Cell[] = []
  for (let i = 0; i < parts.length; i += size) {
    const group = parts.slice(i, i + size)
    const n = group.reduce((sum, part) => sum + part.n, 0)
    if (group.length > 1) made.push(join(core, rows, group, range))
    groups.push(group.length > 1 ? { cell: made.at(-1)!, n } : group[0])
  }
  return core.using(made, () => join(core, rows, groups, range))
}

function sideBySide(count: number): Program {
  const parts = Array.from({ length: count }, (_, k) => k)
  const names = (x: string): string[] => parts.map(k => `${x}${k}`)
  const choices = parts.map(
    k => `const i${k} = ${k === 0 ? `this.thread.x - row * (${names('n').join(' + ')})` : `i${k - 1} - n${k - 1}`};
    if (i${k} >= 0 && i${k} < n${k}) { z = x${k}[row * n${k} + i${k}]; }`,
  )
  return {
    source: `function (${[...names('x'), ...names('n')].join(', ')}) {
    // z[row, ..] = ${parts.map(k => `x${k}[row, 0..n${k} - 1]`).join(' | ')}
    const row = div(this.thread.x, ${names('n').join(' + ')});
    let z = 0;
    ${choices.join('\n    ')}
    return z;
  }`,
    functions: [DIV],
  }
}
