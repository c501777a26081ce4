import { escapeHtml } from './svg.ts'

/** Rows of text, the first column their names; `means` stand below, set off from the rows. */
export interface Table {
  readonly heads: readonly string[]
  readonly rows: readonly Row[]
  readonly means?: readonly Row[]
}

type Row = readonly string[]

/** For a terminal. */
export function textTable({ heads, rows, means = [] }: Table): string {
  const all = [heads, ...rows, ...means]
  const widths = heads.map((_, k) => Math.max(...all.map(row => row[k].length)))
  const line = (row: Row): string =>
    row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join('  ')
  const rule = widths.map(width => '─'.repeat(width)).join('  ')
  const blocks = [rows, means].filter(block => block.length > 0)
  return [line(heads), ...blocks.flatMap(block => [rule, ...block.map(line)])].join('\n')
}

/** For a page. */
export function htmlTable({ heads, rows, means = [] }: Table): string {
  const cells = (row: Row, tag: 'td' | 'th'): string =>
    row.map(cell => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')
  const lines = [
    `<tr>${cells(heads, 'th')}</tr>`,
    ...rows.map(row => `<tr>${cells(row, 'td')}</tr>`),
    ...means.map(row => `<tr class="mean">${cells(row, 'td')}</tr>`),
  ]
  return `<div class="scroll"><table>${lines.join('')}</table></div>`
}
