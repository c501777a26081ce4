/** `npm run glyphs`: builds the data set, says what is in it, and shows some of it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readFont } from '../font.ts'
import { sections } from '../sheet/rows.ts'
import { sheet } from '../sheet/sheet.ts'
import { countsOf } from './counts.ts'
import { installFonts, MODULES } from './folders.ts'
import type { GlyphSet } from './glyphSet.ts'
import { loadGlyphs } from './load.ts'
import { type Options, parseOptions } from './options.ts'
import { table } from './table.ts'

process.exitCode = main(parseOptions(process.argv.slice(2)))

function main({ sheet, json = false, rebuild = false }: Options): number {
  try {
    const set = loadGlyphs({ rebuild })
    const counts = countsOf(set)
    console.log(json ? JSON.stringify(counts) : table(counts))
    if (sheet !== undefined) writeSheet(set, sheet)
    return 0
  } catch (error) {
    console.error(`error: ${(error as Error).message}`)
    return 1
  }
}

function writeSheet(set: GlyphSet, file: string): void {
  // The labels are written with one of the fonts, which a set kept from before does not need.
  installFonts(line => console.error(line))
  const font = readFont(readFileSync(join(MODULES, 'dejavu-fonts-ttf', 'ttf', 'DejaVuSans.ttf')))
  const png = sheet(set, sections(set), font)
  try {
    writeFileSync(file, png)
  } catch (error) {
    throw new Error(`--sheet: a file to write expected, got ${file} (${(error as Error).message})`)
  }
  console.error(`sheet: ${file}`)
}
