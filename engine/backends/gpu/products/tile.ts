import type { Tile } from '../drivers/driver.ts'
import type { Program } from '../program.ts'
import { addTerm, BEGIN_SUM, lesser, SUM } from '../snippets.ts'

/**
 * The text of products: a thread computes a tile of rows x columns results, by four terms k a turn. A's rows lie in
 * fours along k, and B in fours of columns, row after row.
 */
const FOUR = [0, 1, 2, 3] as const

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

export const rowsOf = ({ rows }: Tile): number[] => upTo(rows)
export const columnsOf = ({ columns }: Tile): number[] => upTo(columns)

const eachSum = (tile: Tile, statement: (name: string) => string): string =>
  rowsOf(tile)
    .map(r =>
      columnsOf(tile)
        .map(j => statement(`${r}${j}`))
        .join(' '),
    )
    .join('\n    ')

/** Sums of a tile, at 0: s<row><column>. */
export const zeroSums = (tile: Tile): string => eachSum(tile, x => `let s${x} = 0;`)

/** Chains whose sums are summed in one chain again. */
const CHAIN = 64

/** In how many levels of chains, one above the other, the sums of so many chains are added. */
export const levelsOf = (chains: number): number => (chains <= CHAIN ? 1 : chains <= CHAIN ** 2 ? 2 : 3)

/** Of a sum by one chain, and of those by 1, 2 and 3 beside. */
export const byLevels = (make: (levels: number) => Program): readonly Program[] => [0, 1, 2, 3].map(make)

const total = (i: number, x: string): string => `${'t'.repeat(i)}${x}`
const upTo1 = (n: number): number[] => upTo(n).map(i => i + 1)

/** Totals of a long sum, which rounds as its parts do and not as one chain: `sumLoop` adds to them. */
export const zeroTotals = (tile: Tile, levels: number): string =>
  upTo1(levels)
    .map(i => `let full${i} = 0; ${eachSum(tile, x => `let ${total(i, x)} = 0;`)}`)
    .join('\n    ')
export const sumTotals = (tile: Tile, levels: number): string =>
  upTo1(levels)
    .map(i => eachSum(tile, x => `s${x} += ${total(i, x)};`))
    .join('\n    ')

/** Chain i takes what the one below it holds; each that is full joins the next. */
function joinTotals(tile: Tile, levels: number, i = 1): string {
  if (i > levels) return ''
  const below = (x: string): string => (i === 1 ? `s${x}` : total(i - 1, x))
  const next =
    i < levels
      ? `full${i} += 1; if (full${i} === ${CHAIN}) { full${i} = 0; ${joinTotals(tile, levels, i + 1)} }`
      : ''
  return `${eachSum(tile, x => `${total(i, x)} += ${below(x)}; ${below(x)} = 0;`)} ${next}`
}

/** The turns of a loop. */
export interface Turns {
  /** Statements before the loop, when it goes on at turn `from`. */
  begin?(from: string): string
  /** Turn k from there on. */
  readonly turn: string
  /** Statements after n turns. */
  end?(n: string): string
}

/** Turns 0 .. count - 1; of a long sum each `chain` of them joins the totals. */
export const sumLoop = (
  tile: Tile,
  levels: number,
  { count, chain }: { count: string; chain: number },
  { begin = () => '', turn, end = () => '' }: Turns,
): string =>
  levels > 0
    ? `for (let k0 = 0; k0 < ${count}; k0 += ${chain}) {
        const turns = ${lesser(`${count} - k0`, `${chain}`)};
        ${begin('k0')}
        for (let k = 0; k < turns; k++) {
          ${turn}
        }
        ${end('turns')}
        ${joinTotals(tile, levels)}
      }`
    : `${begin('0')}
      for (let k = 0; k < ${count}; k++) {
        ${turn}
      }
      ${end(count)}`

/** Statements that set `sum` to the sum of z over part = 0..parts - 1; `term` sets z. */
export const sumParts = (term: string): string => `${BEGIN_SUM}
    for (let part = 0; part < parts; part++) {
      ${term}
      ${addTerm('z')}
    }
    const sum = ${SUM};`

/** The arrays of a product, and where the rows of a tile begin in A, in fours; B's columns begin at the four `q`. */
export interface Operands {
  readonly a: string
  readonly b: string
  at(r: number): string
}

/** Statements before all turns of `productTurns`, where they read by cursors. */
export const seek = (tile: Tile, { a, b, at }: Operands): string =>
  tile.memory === 'flat' ? `${eachRow(tile, r => `${a}Seek(${r}, ${at(r)}, 1);`)} ${b}Seek(0, q, n4);` : ''

/** s += A B, four terms a turn. B's rows are n4 fours apart; cursors move on, and so does q where there are none. */
export function productTurns(tile: Tile, { a, b, at }: Operands): Turns {
  // Four terms are added up before they join the sum: a fourth of the roundings against what has become large.
  const sums = eachRow(tile, r =>
    columnsOf(tile)
      .map(j => `s${r}${j} += ${FOUR.map(l => `v${r}[${l}] * w${l}[${j}]`).join(' + ')};`)
      .join(' '),
  )
  const loads = (row: (r: number) => string, column: (l: number) => string): string =>
    `${eachRow(tile, r => `const v${r} = ${row(r)};`)}
      ${FOUR.map(l => `const w${l} = ${column(l)};`).join('\n      ')}`
  if (tile.memory === 'flat') {
    return {
      turn: `${loads(
        r => `${a}Fours(${r}, k)`,
        l => `${b}Fours(0, k * 4 + ${l})`,
      )}
      ${sums}`,
      end: n => `${a}Move(${n}); ${b}Move(4 * n4 * ${n});`,
    }
  }
  return {
    begin: from => eachRow(tile, r => `const at${r} = ${at(r)} + ${from};`),
    turn: `${loads(
      r => `${a}[at${r} + k]`,
      l => `${b}[q + ${l} * n4]`,
    )}
      ${sums}
      q += 4 * n4;`,
  }
}

const eachRow = (tile: Tile, statement: (r: number) => string): string =>
  rowsOf(tile).map(statement).join('\n      ')

/** Names of the results beyond the four that a thread returns, for `Program.results`. */
export const resultsOf = ({ memory, rows }: Tile): string[] =>
  memory === 'texels' ? upTo(rows - 1).map(r => `row${r + 1}`) : []

/** Hands the sums out, a row a result: into texels. */
export function handOut(tile: Tile): string {
  const row = (r: number): string =>
    columnsOf(tile)
      .map(j => `s${r}${j}`)
      .join(', ')
  const more = resultsOf(tile).map((name, i) => `${name}(${row(i + 1)});`)
  return [...more, `return [${row(0)}];`].join('\n    ')
}

/** Stores the sums of the rows for which `on(r)` and of the columns from `left` on below `columns`, a row from `at(r)` on. */
export const store = (
  tile: Tile,
  {
    on,
    at,
    left,
    columns,
  }: { on: (r: number) => string; at: (r: number) => string; left: string; columns: string },
  value = (sum: string, _column: string): string => sum,
): string =>
  rowsOf(tile)
    .map(r => {
      const row = columnsOf(tile).map(j => {
        const column = `${left} + ${j}`
        return `if (${column} < ${columns}) { store(z${r} + ${column}, ${value(`s${r}${j}`, column)}); }`
      })
      return `if (${on(r)}) { const z${r} = ${at(r)}; ${row.join(' ')} }`
    })
    .join('\n    ')

/** floor(i / n) of the tile's sizes, powers of two: exact without more ado. */
export const groupOf = (i: string, n: number): string => `Math.floor(${i} * ${1 / n})`

/** Names of the arrays that hold what was handed out. */
export const handedOut = (tile: Tile): string[] => ['y', ...resultsOf(tile)]

/** Statements that set `z` to the result in row `row` and column `l` of the tile of the thread `at`. */
export function pick(tile: Tile): string {
  const lanes = (name: string, r: number): string =>
    `const v${r} = ${name}[at]; ${FOUR.map(l => `if (l === ${l}) { z = v${r}[${l}]; }`).join(' ')}`
  const rows = handedOut(tile).map((name, r) =>
    tile.rows === 1 ? lanes(name, r) : `if (row === ${r}) { ${lanes(name, r)} }`,
  )
  return `let z = 0;\n    ${rows.join('\n    ')}`
}
