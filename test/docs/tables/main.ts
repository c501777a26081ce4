/** Writes the README's tables of losses and ops from the registries: `npm run tables`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withTables } from './tables.ts'

const file = join(import.meta.dirname, '../../../README.md')
const before = readFileSync(file, 'utf8')
const after = withTables(before)
if (after !== before) writeFileSync(file, after)
console.log(`README.md: tables ${after === before ? 'were up to date' : 'written'}`)
