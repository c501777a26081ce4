import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { countsOf } from '../../examples/glyph-reid/glyphs/counts.ts'
import { HOME } from '../../examples/glyph-reid/glyphs/folders.ts'
import { command, type Options } from '../../examples/glyph-reid/glyphs/options.ts'
import { PUBLISHED, table } from '../../examples/glyph-reid/glyphs/table.ts'
import { helpOf } from '../support/helpOf.ts'
import { randomSet } from './support/randomSet.ts'

const parse = (line: string): Options =>
  command()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parse(line.split(' ').filter(Boolean), { from: 'user' })
    .opts<Options>()

describe('npm run glyphs', () => {
  test('takes its options', () => {
    expect(parse('')).toEqual({})
    expect(parse('--sheet a.png --json --rebuild')).toEqual({ sheet: 'a.png', json: true, rebuild: true })
  })

  test.each([
    ['--sheet', 'argument missing'],
    ['--sheets a.png', 'Did you mean --sheet?'],
    ['extra', 'too many arguments'],
  ])('%s is refused', (line, message) => {
    expect(() => parse(line)).toThrow(message)
  })

  test('the help explains the parts', () => {
    const text = helpOf(command())
    for (const expected of ['--sheet', '--rebuild', 'p2', 'validation', 'npm run glyphs --']) {
      expect(text).toContain(expected)
    }
  })

  test('the table says whether the set is the published one', () => {
    const counts = countsOf(randomSet({ identities: 40, families: 30, facesEach: 2, seed: 1 }))
    expect(table(counts)).toContain(`hash ${counts.hash}, not the published`)
    expect(table(counts)).toMatch(/60 faces of 30 families/)
  })

  test('the README gives the hash that the table calls published', () => {
    expect(readFileSync(join(HOME, 'README.md'), 'utf8')).toContain(`\`${PUBLISHED.slice(0, 16)}…\``)
  })
})
