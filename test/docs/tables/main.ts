/** Writes the tables of the README and of engine/NUMBERS.md from the registries and the tests: `npm run tables`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NUMBERS, withTables } from './tables.ts'

for (const [name, tables] of [['README.md'], ['engine/NUMBERS.md', NUMBERS]] as const) {
  const file = join(import.meta.dirname, '../../..', name)
  const before = readFileSync(file, 'utf8')
  const after = withTables(before, tables)
  if (after !== before) writeFileSync(file, after)
  console.log(`${name}: tables ${after === before ? 'were up to date' : 'written'}`)
}
