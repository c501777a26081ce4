import { styleText } from 'node:util'
import type { Result } from './check.ts'

/** One line a row, for programs. */
export function json({ kind, name, order, cases, failures, worst }: Result): string {
  return JSON.stringify({ kind, name, order, cases, failures, worst })
}

const COLUMNS = ['', 'name', 'order', 'cases', 'failures', 'worst relative error', 'where']

/** A table for people; in colour where asked for. */
export function table(results: readonly Result[], colour: boolean): string {
  const rows = results.map(r => [
    r.kind,
    r.name,
    String(r.order),
    String(r.cases),
    String(r.failures),
    r.worst.toExponential(1),
    r.where,
  ])
  const widths = COLUMNS.map((title, i) => Math.max(title.length, ...rows.map(row => row[i].length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i >= 2 && i <= 5 ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd()
  const paint = (style: 'bold' | 'red', text: string): string => (colour ? styleText(style, text) : text)
  const body = rows.map((row, i) => (results[i].failures > 0 ? paint('red', line(row)) : line(row)))
  return [paint('bold', line(COLUMNS)), ...body].join('\n')
}
