import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OPS } from '../../engine/index.ts'
import { PUBLIC } from '../../engine/ops/registry.ts'
import { MARKDOWN } from '../../examples/docs/markdown.ts'
import { LOSSES, type LossRow, PAIR_LOSSES } from '../../losses/index.ts'
import { EXCEPTIONS, PASSED_OVER } from '../support/exceptions.ts'
import { withLines } from './tables/lines.ts'
import { PAGES, withTables } from './tables/tables.ts'

const text = (page: string): string => readFileSync(join(import.meta.dirname, '../..', page), 'utf8')

/** The first cells of a table's rows between the marks of a name, `count` cells a row. */
const cells = (page: string, name: string, count: number): string[] =>
  section(text(page), name)
    .split('\n')
    .flatMap(line => line.split(' | ').slice(0, count))
    .flatMap(cell => cell.match(/`(\w+)`/)?.[1] ?? [])

const section = (page: string, name: string): string =>
  page.split(`<!-- ${name} -->`)[1].split(`<!-- /${name} -->`)[0]

describe('the tables of the docs', () => {
  it.each(Object.entries(PAGES))('%s: are those of registries and tests: npm run tables', (page, tables) => {
    expect(withTables(text(page), tables)).toBe(text(page))
  })

  it('hold every loss and every op once', () => {
    expect(cells('examples/docs/losses.md', 'losses', 2).sort()).toEqual(LOSSES.map(loss => loss.name).sort())
    expect(cells('examples/docs/losses.md', 'pairs', 1)).toEqual(PAIR_LOSSES.map(loss => loss.name))
    expect(cells('examples/docs/ops.md', 'ops', 1)).toEqual(PUBLIC.map(op => op.name))
  })

  it('say once what w_j is over class centres, and name the forms with ‖x‖ for s', () => {
    const lines = section(text('examples/docs/losses.md'), 'class centres').trim().split('\n\n')
    const weights = lines.slice(0, -1)
    expect(weights).toEqual(['`w_j = normalize(c_j - mean_k c_k), c_j the centre of class j`'])
    const free = [...lines.at(-1)!.matchAll(/`(ir\w+)`/g)].map(([, name]) => name)
    // Of some margins the learned form has ‖x‖ as well.
    const byNorm = (row?: LossRow): boolean =>
      Object.entries(row?.defaults ?? {}).some(([k, v]) => k === 's' && v === 'norm')
    const twin = ({ margin }: LossRow) =>
      LOSSES.find(row => row.margin === margin && row.prototypes === 'learned')
    const centred = LOSSES.filter(row => row.prototypes !== 'learned' && byNorm(row) && !byNorm(twin(row)))
    expect(free).toEqual(centred.map(({ name }) => name))
  })

  it.each(Object.entries(PAGES))(
    '%s: are written anew where they are stale, and nothing else',
    (page, tables) => {
      const whole = text(page)
      const stale = Object.keys(tables).reduce(
        (t, name) => t.replace(section(whole, name), '\n\nold\n\n'),
        whole,
      )
      expect(stale).not.toBe(whole)
      expect(withTables(stale, tables)).toBe(whole)
      const first = Object.keys(tables)[0]
      expect(() => withTables('no place', tables)).toThrow(
        `tables: <!-- ${first} --> to <!-- /${first} --> expected`,
      )
    },
  )
})

describe('links to lines', () => {
  it.each(MARKDOWN)('%s: each leads to the line that holds its code: npm run tables', path => {
    expect(withLines(path, text(path))).toBe(text(path))
  })

  it('follow the code, and tell where it is missing or stands twice', () => {
    const link = (code: string, line: number) => `[\`${code}\`](../../engine/op.ts#L${line})`
    const moved = withLines('examples/docs/a.md', link('export function apply', 1))
    expect(moved).toMatch(/#L\d+\)$/)
    expect(moved).not.toBe(link('export function apply', 1))
    expect(() => withLines('examples/docs/a.md', link('nowhere at all', 1))).toThrow(
      'one line with nowhere at all expected in engine/op.ts, got none',
    )
    expect(() => withLines('examples/docs/a.md', link('import', 1))).toThrow('one line with import expected')
  })
})

describe('the page of NaN and Infinity', () => {
  it('names ops that there are', () => {
    const names = new Set(OPS.map(op => op.name))
    const used = [
      ...EXCEPTIONS.flatMap(({ ops }) => ops),
      ...Object.keys(PASSED_OVER).map(input => input.split('.')[0]),
    ]
    expect(used.filter(name => name !== '*' && !names.has(name))).toEqual([])
  })
})
