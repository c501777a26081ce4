import type { Tile } from '../drivers/driver.ts'

/**
 * The text of products, which compute a tile of 1 x 4 or 4 x 4 results a thread. Their operands lie in fours: packed four
 * along the last axis, zeros beyond its end. Where the device loads four values at once an array is indexed by fours;
 * elsewhere by single values.
 */
export type Fours = NonNullable<Tile>

const LANES = [0, 1, 2, 3] as const

/** Statements that load the four at index `at` of an array; `lane(name, l)` is one of them. */
export const load = ({ loads }: Fours, name: string, array: string, at: string): string =>
  loads === 'fours'
    ? `const ${name} = ${array}[${at}];`
    : LANES.map(l => `const ${name}${l} = ${array}[(${at}) * 4 + ${l}];`).join(' ')

export const lane = ({ loads }: Fours, name: string, l: number): string =>
  loads === 'fours' ? `${name}[${l}]` : `${name}${l}`

/** The rows of a tile. */
export const rowsOf = ({ rows }: Fours): number[] => Array.from({ length: rows }, (_, r) => r)

/** Sums of a tile, at 0: s<row><column>. */
export const zeroSums = (tile: Fours): string =>
  rowsOf(tile)
    .map(r => LANES.map(j => `let s${r}${j} = 0;`).join(' '))
    .join('\n    ')

/** s += A B for four k's: v<row> holds A's of a row, w<k> those of B for four columns. */
export const addProducts = (tile: Fours): string =>
  LANES.flatMap(k =>
    rowsOf(tile).map(r =>
      LANES.map(j => `s${r}${j} += ${lane(tile, `v${r}`, k)} * ${lane(tile, `w${k}`, j)};`).join(' '),
    ),
  ).join('\n      ')

/** Names of the results beyond the first row, for `Program.results`. */
export const resultsOf = (tile: Fours): string[] =>
  rowsOf(tile)
    .slice(1)
    .map(r => `row${r}`)

/** Hands the sums out. */
export const handOut = (tile: Fours): string => {
  const sums = (r: number): string => LANES.map(j => `s${r}${j}`).join(', ')
  return [...resultsOf(tile).map((name, i) => `${name}(${sums(i + 1)});`), `return [${sums(0)}];`].join(
    '\n    ',
  )
}

/** Names of the arrays that hold a tile's rows. */
export const rowNames = (tile: Fours): string[] => rowsOf(tile).map(r => `y${r}`)

/**
 * Statements that set `z` to a result: from the row `row` of a tile (of those computed together), the four at index `at`,
 * its lane `l`.
 */
export function pick(tile: Fours): string {
  if (tile.loads === 'singles') return 'const z = y0[at * 4 + l];'
  const lanes = (r: number): string =>
    `const v${r} = y${r}[at]; ${LANES.map(l => `if (l === ${l}) { z = v${r}[${l}]; }`).join(' ')}`
  const rows = rowsOf(tile).map(r => (tile.rows === 1 ? lanes(r) : `if (row === ${r}) { ${lanes(r)} }`))
  return `let z = 0;\n    ${rows.join('\n    ')}`
}
