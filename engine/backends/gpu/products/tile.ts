import type { Tile } from '../drivers/driver.ts'
import type { Program } from '../program.ts'
import { addTerm, BEGIN_SUM, SUM } from '../snippets.ts'

/**
 * The text of products: a thread computes a tile of rows x columns results, by four terms k a turn. A's rows lie in
 * fours along k. B lies as its loads want it: in fours of columns, row after row; or where loads are single in pairs of
 * columns, each pair's rows one after another, since then nothing else keeps neighbours in a line of the cache.
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

/** `body` for i = 0..count - 1; of a long sum each `chain` of terms joins the totals. */
export const sumLoop = (
  tile: Tile,
  levels: number,
  { i, count, chain }: { i: string; count: string; chain: number },
  body: string,
): string =>
  levels > 0
    ? `for (let ${i}0 = 0; ${i}0 < ${count}; ${i}0 += ${chain}) {
        const end = Math.min(${i}0 + ${chain}, ${count});
        for (let ${i} = ${i}0; ${i} < end; ${i} += 1) {
          ${body}
        }
        ${joinTotals(tile, levels)}
      }`
    : `for (let ${i} = 0; ${i} < ${count}; ${i}++) {
        ${body}
      }`

/** Statements that set `sum` to the sum of z over part = 0..parts - 1; `term` sets z. */
export const sumParts = (term: string): string => `${BEGIN_SUM}
    for (let part = 0; part < parts; part++) {
      ${term}
      ${addTerm('z')}
    }
    const sum = ${SUM};`

/** Loads four terms of A's row r of the tile, `at` in fours. */
const loadRow = ({ loads }: Tile, r: number, array: string, at: string): string =>
  loads === 'fours'
    ? `const v${r} = ${array}[${at}];`
    : FOUR.map(k => `const v${r}${k} = ${array}[(${at}) * 4 + ${k}];`).join(' ')

/** Loads the tile's columns of B's row k, from q on. */
const loadColumns = (tile: Tile, k: number, array: string): string =>
  tile.loads === 'fours'
    ? `const w${k} = ${array}[q + ${k} * n4];`
    : columnsOf(tile)
        .map(j => `const w${k}${j} = ${array}[q + ${k * tile.columns + j}];`)
        .join(' ')

/** `q`, where B's columns of a thread begin: of matrix `batch`, tile column j of n4, its rows k4 fours, from `first` on. */
export const beginColumns = ({ loads, columns }: Tile, batch: string, k4: string, first: string): string =>
  loads === 'fours'
    ? `let q = (${batch} * ${k4} + ${first}) * 4 * n4 + j;`
    : `let q = ((${batch} * n4 + j) * ${k4} + ${first}) * ${4 * columns};`

/** A turn: s += A B for four terms; A's row r from `at(r)` in fours, B from q on, which moves on. */
export function turn(tile: Tile, a: string, at: (r: number) => string, b: string): string {
  const [row, column] =
    tile.loads === 'fours'
      ? [(r: number, k: number) => `v${r}[${k}]`, (k: number, j: number) => `w${k}[${j}]`]
      : [(r: number, k: number) => `v${r}${k}`, (k: number, j: number) => `w${k}${j}`]
  // Four terms are added up before they join the sum: a fourth of the roundings against what has become large.
  const products = rowsOf(tile).map(r =>
    columnsOf(tile)
      .map(j => `s${r}${j} += ${FOUR.map(k => `${row(r, k)} * ${column(k, j)}`).join(' + ')};`)
      .join(' '),
  )
  return [
    ...rowsOf(tile).map(r => loadRow(tile, r, a, at(r))),
    ...FOUR.map(k => loadColumns(tile, k, b)),
    ...products,
    tile.loads === 'fours' ? 'q += 4 * n4;' : `q += ${4 * tile.columns};`,
  ].join('\n      ')
}

/** Names of the results beyond the four that a thread returns, for `Program.results`. */
export const resultsOf = ({ loads, rows }: Tile): string[] =>
  loads === 'fours' ? upTo(rows - 1).map(r => `row${r + 1}`) : []

/** Hands the sums out: a row a result, or all in one. */
export function handOut(tile: Tile): string {
  const row = (r: number): string[] => columnsOf(tile).map(j => `s${r}${j}`)
  if (tile.loads === 'singles') return `return [${rowsOf(tile).flatMap(row).join(', ')}];`
  const more = resultsOf(tile).map((name, i) => `${name}(${row(i + 1).join(', ')});`)
  return [...more, `return [${row(0).join(', ')}];`].join('\n    ')
}

/** floor(i / n) of the tile's sizes, powers of two: exact without more ado. */
export const groupOf = (i: string, n: number): string => `Math.floor(${i} * ${1 / n})`

/** Names of the arrays that hold what was handed out. */
export const handedOut = (tile: Tile): string[] => ['y', ...resultsOf(tile)]

/** Statements that set `z` to the result in row `row` and column `l` of the tile of the thread `at`. */
export function pick(tile: Tile): string {
  if (tile.loads === 'singles') return `const z = y[at * 4 + row * ${tile.columns} + l];`
  const lanes = (name: string, r: number): string =>
    `const v${r} = ${name}[at]; ${FOUR.map(l => `if (l === ${l}) { z = v${r}[${l}]; }`).join(' ')}`
  const rows = handedOut(tile).map((name, r) =>
    tile.rows === 1 ? lanes(name, r) : `if (row === ${r}) { ${lanes(name, r)} }`,
  )
  return `let z = 0;\n    ${rows.join('\n    ')}`
}
