/** Writes the tables of the docs from the registries and the tests: `npm run tables`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PAGES, withTables } from './tables.ts'

for (const [name, tables] of Object.entries(PAGES)) {
  const file = join(import.meta.dirname, '../../..', name)
  const before = readFileSync(file, 'utf8')
  const after = withTables(before, tables)
  if (after !== before) writeFileSync(file, after)
  console.log(`${name}: tables ${after === before ? 'were up to date' : 'written'}`)
}
