import type { Program } from './program.ts'
import { DIV } from './snippets.ts'

/** The beginning of a kernel that goes through operands in strides of their own. */
export interface StridedIndexing {
  /** Names of the number arguments. */
  readonly parameters: string
  /** Statements that set `<operand>At` to the offset at which this thread reads each operand. */
  readonly lines: string
  readonly functions: Program['functions']
}

/**
 * Thread i counts the elements of sizes n0, n1, .. in row-major order; each operand's element lies at the sum of the
 * coordinates times its strides. Arguments: the sizes but the first, then the strides of each operand (see `stridedArguments`).
 */
export function stridedIndexing(rank: number, operands: readonly string[]): StridedIndexing {
  const axes = Array.from({ length: rank }, (_, axis) => axis)
  const inner = axes.slice(1).reverse()
  const split = inner.map(
    axis => `const q${axis} = div(rest, n${axis});
    const c${axis} = rest - q${axis} * n${axis};
    rest = q${axis};`,
  )
  const offset = (name: string): string =>
    `const ${name}At = ${axes.map(axis => `${axis === 0 ? 'rest' : `c${axis}`} * ${name}${axis}`).join(' + ') || '0 * rest'};`
  return {
    parameters: [
      ...axes.slice(1).map(a => `n${a}`),
      ...operands.flatMap(x => axes.map(a => `${x}${a}`)),
    ].join(', '),
    lines: ['let rest = this.thread.x;', ...split, ...operands.map(offset)].join('\n    '),
    functions: rank > 1 ? [DIV] : [],
  }
}

/** The arguments that `stridedIndexing` names. */
export const stridedArguments = (
  sizes: readonly number[],
  strides: readonly (readonly number[])[],
): number[] => [...sizes.slice(1), ...strides.flat()]
