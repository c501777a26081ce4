import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OPS } from '../../engine/index.ts'
import { LOSSES } from '../../losses/index.ts'
import { EXCEPTIONS, PASSED_OVER } from '../support/exceptions.ts'
import { NUMBERS, withTables } from './tables/tables.ts'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

const PAGE = readFileSync(join(import.meta.dirname, '../../engine/NUMBERS.md'), 'utf8')

/** What stands between the marks of a name. */
const section = (name: string): string => README.split(`<!-- ${name} -->`)[1].split(`<!-- /${name} -->`)[0]

describe('the README’s tables', () => {
  it('are those of the registries: npm run tables', () => {
    expect(withTables(README)).toBe(README)
  })

  it('hold every loss and every op once', () => {
    const cells = (name: string): string[] =>
      section(name)
        .split('\n')
        .flatMap(line => line.split(' | ').slice(0, name === 'losses' ? 2 : 1))
        .flatMap(cell => cell.match(/`(\w+)`/)?.[1] ?? [])
    expect(cells('losses').sort()).toEqual(LOSSES.map(loss => loss.name).sort())
    expect(cells('ops')).toEqual(OPS.map(op => op.name))
  })

  it('are written anew where they are stale, and nothing else is touched', () => {
    const stale = README.replace(section('ops'), '\n\nold\n\n').replace(section('losses'), '')
    expect(stale).not.toBe(README)
    expect(withTables(stale)).toBe(README)
    expect(() => withTables('no place')).toThrow('tables: <!-- losses --> to <!-- /losses --> expected')
  })
})

describe('the page of NaN and Infinity', () => {
  it('shows what the tests allow, and no more: npm run tables', () => {
    expect(withTables(PAGE, NUMBERS)).toBe(PAGE)
  })

  it('names ops that there are', () => {
    const names = new Set(OPS.map(op => op.name))
    const used = [
      ...EXCEPTIONS.flatMap(({ ops }) => ops),
      ...Object.keys(PASSED_OVER).map(input => input.split('.')[0]),
    ]
    expect(used.filter(name => name !== '*' && !names.has(name))).toEqual([])
  })
})
