import { placeOfRows, type TableRows } from '../../engine/tableRows.ts'
import type { Rule, Trained } from './groups.ts'
import { LazyRows, type OfRows } from './lazyRows.ts'

interface Lists<M extends string> {
  /** Parameters that are their own values. */
  readonly own: Readonly<Record<string, Trained>>
  /** Tables, and the names of the parameters that stand for their rows. */
  readonly tables: Readonly<Record<string, LazyRows<M>>>
  readonly names: Readonly<Record<string, readonly string[]>>
}

/** The parameters that stand for rows of tables, by table, and the others. `W.0` and `W.1` are those of the table `W`. */
export function apart<M extends string>(
  name: string,
  list: Readonly<Record<string, Trained>>,
  moments: readonly M[],
  rule: Rule<M>,
  ofRows?: OfRows<M>,
): Lists<M> {
  const own: Record<string, Trained> = {}
  const of = new Map<TableRows, string[]>()
  for (const [key, one] of Object.entries(list)) {
    const rows = placeOfRows(one.parameter)?.rows
    if (rows === undefined) own[key] = one
    else of.set(rows, [...(of.get(rows) ?? []), key])
  }
  const tables: Record<string, LazyRows<M>> = {}
  const names: Record<string, string[]> = {}
  for (const [rows, keys] of of) {
    const [first] = keys
    const { lr, weightDecay } = list[first]
    const whole =
      keys.length === rows.parameters.length &&
      keys.every(
        (key, i) =>
          list[key].parameter === rows.parameters[i] &&
          list[key].lr === lr &&
          list[key].weightDecay === weightDecay,
      )
    if (!whole) {
      throw new Error(
        `${name}: all ${rows.parameters.length} parameters of a table in one group expected, got ${keys}`,
      )
    }
    const key = first.slice(0, first.lastIndexOf('.'))
    names[key] = keys
    tables[key] = new LazyRows(name, key, rows, { rates: { lr, weightDecay }, moments, rule, ...ofRows })
  }
  return { own, tables, names }
}
