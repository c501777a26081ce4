/** Writes the tables of the docs from the registries and the tests, and the numbers of linked lines: `npm run tables`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MARKDOWN, ROOT } from '../../../examples/docs/markdown.ts'
import { withLines } from './lines.ts'
import { PAGES, withTables } from './tables.ts'

for (const path of MARKDOWN) {
  const file = join(ROOT, path)
  const before = readFileSync(file, 'utf8')
  const after = withLines(path, withTables(before, PAGES[path] ?? {}))
  if (after === before) continue
  writeFileSync(file, after)
  console.log(`${path}: written`)
}
