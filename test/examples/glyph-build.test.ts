import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readFont } from '../../examples/glyph-reid/font.ts'
import { build } from '../../examples/glyph-reid/glyphs/build.ts'
import { readCache, writeCache } from '../../examples/glyph-reid/glyphs/cache.ts'
import type { GlyphSet } from '../../examples/glyph-reid/glyphs/glyphSet.ts'

import { sourcesIn } from '../../examples/glyph-reid/glyphs/sources.ts'
import { PIXELS } from '../../examples/glyph-reid/raster/glyph.ts'
import { installed } from '../../examples/packages.ts'
import { fontFile, type Point, woffOf } from './support/fontFile.ts'
import { randomSet } from './support/randomSet.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glyphs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, content: string | Buffer): void {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), content)
}

const triangle = (x: number, y: number): Point[] => [
  [0, 0],
  [x, y],
  [600, 0],
]
/** A font whose letters are triangles; their tips differ by letter and by `lean`. */
const font = (letters: string, lean: number): Buffer =>
  woffOf(fontFile(new Map([...letters].map(c => [c, triangle(lean, 100 + 10 * (c.codePointAt(0)! % 97))]))))

/** Two families of fontsource's kind and DejaVu's package, with all that must be passed over. */
function installation(): void {
  write('@fontsource/ann/files/ann-latin-400-normal.woff', font('жф', 10))
  write('@fontsource/ann/files/ann-latin-400-normal.woff2', 'not read')
  write('@fontsource/ann/files/ann-greek-400-normal.woff', font('ωф', 20))
  write('@fontsource/ann/files/ann-12-400-normal.woff', font('字', 10))
  write('@fontsource/ann/files/ann-latin-700-italic.woff', font('ж', 30))
  write('@fontsource/ann/index.css', '')
  write('@fontsource/bea/files/bea-latin-700-normal.woff', font('жфω\u0301 ', 40))
  write('@fontsource/bea/files/bea-latin-700-italic.woff', font('ж', 50))
  write('@fontsource/bea/files/bea-broken-700-normal.woff', font('字', 40).subarray(0, 200))
  write(
    '@fontsource/bea/files/bea-woff2-700-normal.woff',
    Buffer.concat([Buffer.from('wOF2'), Buffer.alloc(100)]),
  )
  for (const style of ['Sans', 'Sans-Bold', 'SansMono', 'Serif-Italic', 'MathTeXGyre', 'SansCondensed']) {
    write(`dejavu-fonts-ttf/ttf/DejaVu${style}.ttf`, font('ж', 60))
  }
}

describe('a font', () => {
  test('is the same, bare and as WOFF', () => {
    const file = fontFile(
      new Map([
        ['ж', triangle(10, 500)],
        ['𝐀', triangle(20, 400)],
      ]),
    )
    const [bare, woff] = [file, woffOf(file)].map(bytes =>
      [...readFont(bytes).characters].map(([code, { path, advanceWidth }]) => [
        code,
        path.commands,
        advanceWidth,
      ]),
    )
    expect(bare).toEqual([
      [
        0x436,
        [{ type: 'M', x: 0, y: 0 }, { type: 'L', x: 10, y: 500 }, { type: 'L', x: 600, y: 0 }, { type: 'Z' }],
        1000,
      ],
      [0x1d400, expect.objectContaining({ length: 4 }), 1000],
    ])
    expect(woff).toEqual(bare)
  })
})

describe('the sources', () => {
  test('are the faces of both kinds of packages; slices and .woff2 are passed over', () => {
    installation()
    const found = sourcesIn(folder).map(({ face, files }) => [face.name, face.plainness, files.length])
    expect(found).toEqual([
      ['ann/400', 2, 2],
      ['ann/700i', 0, 1],
      ['bea/700', 1, 3],
      ['bea/700i', 0, 1],
      ['dejavu-math/DejaVuMathTeXGyre', 2, 1],
      ['dejavu-sans/DejaVuSans-Bold', 1, 1],
      ['dejavu-sans/DejaVuSans', 2, 1],
      ['dejavu-sans/DejaVuSansCondensed', 1, 1],
      ['dejavu-sans-mono/DejaVuSansMono', 2, 1],
      ['dejavu-serif/DejaVuSerif-Italic', 0, 1],
    ])
  })

  test('are none where nothing is installed', () => {
    expect(sourcesIn(join(folder, 'nowhere'))).toEqual([])
  })
})

describe('the built set', () => {
  test('a family is stood for by its plainest face, and of equals by the first', () => {
    const styles = {
      ann: ['300-normal', '500-normal', '500-italic'],
      bea: ['300-italic', '400-italic', '500-normal'],
    }
    for (const [family, list] of Object.entries(styles)) {
      for (const style of list)
        write(`@fontsource/${family}/files/${family}-latin-${style}.woff`, font('ж', 7))
    }
    const { faces } = build(sourcesIn(folder)).set
    expect(faces.filter(f => f.representative).map(f => f.name)).toEqual(['ann/300', 'bea/500'])
  })

  const named = (set: GlyphSet): string[] =>
    Array.from(set.identity, (k, i) => `${set.identities[k].name} ${set.faces[set.face[i]].name}`)

  test('has each character in each face, families and representatives, and counts what it skipped', () => {
    installation()
    const reports: number[] = []
    const { set, skipped } = build(sourcesIn(folder), faces => reports.push(faces))
    expect(
      named(set)
        .filter(name => !name.includes('dejavu'))
        .sort(),
    ).toEqual(
      [
        'ж ann/400',
        'ж ann/700i',
        'ж bea/700',
        'ж bea/700i',
        'ф ann/400',
        'ф bea/700',
        'ω ann/400',
        'ω bea/700',
      ].sort(),
    )
    expect(set.identities.map(k => k.name)).toEqual(['ω', 'ж', 'ф'])
    expect(set.images.length).toBe(PIXELS * set.identity.length)
    expect(Array.from(set.family, f => set.families[f])).toEqual(
      Array.from(set.face, f => set.faces[f].family),
    )
    const representatives = set.faces.filter(f => f.representative).map(f => f.name)
    expect(representatives.slice(0, 2)).toEqual(['ann/400', 'bea/700'])
    expect(new Set(representatives.map(name => name.split('/')[0])).size).toBe(representatives.length)
    expect([...skipped.files]).toEqual([
      [expect.stringContaining('end of file'), 1],
      [expect.stringContaining('WOFF2'), 1],
    ])
    expect(skipped.glyphs).toBe(0)
    expect(reports).toEqual(reports.map((_, i) => i + 1))
  })

  test('is the same twice, to the hash, and another for other fonts', () => {
    installation()
    const once = build(sourcesIn(folder)).set
    expect(build(sourcesIn(folder)).set).toEqual(once)
    write('@fontsource/bea/files/bea-latin-700-normal.woff', font('жфω', 41))
    expect(build(sourcesIn(folder)).set.hash).not.toBe(once.hash)
  })

  test('a glyph that makes no sense is left out and counted, and the font is kept', () => {
    const characters = new Map(['ж', 'ф'].map((c, i) => [c, triangle(9, 500 - i)]))
    const file = fontFile(characters)
    const whole = readFont(file).characters
    // In place of ф's first line, as CFF's charstrings write 9 and 499, an A on an A, which the font has not.
    Buffer.from([139, 139, 204, 204, 14]).copy(file, file.indexOf(Buffer.from([148, 248, 135, 5])))
    expect(readFont(file).characters.get(0x436)!.path.commands).toEqual(whole.get(0x436)!.path.commands)
    for (const family of ['ann', 'bea']) {
      write(`@fontsource/${family}/files/${family}-latin-400-normal.woff`, woffOf(file))
    }
    const { set, skipped } = build(sourcesIn(folder))
    expect([set.identity.length, skipped.glyphs]).toEqual([2, 2])
  })
})

describe('the set on disk', () => {
  const set = randomSet({ identities: 6, families: 5, facesEach: 2, seed: 3 })
  const place = () => ({ folder: join(folder, 'cache'), lock: join(folder, 'lock.json') })
  beforeEach(() => write('lock.json', '{}'))

  test('comes back as it was', () => {
    expect(readCache(place())).toBe('not there')
    writeCache(set, place())
    expect(readCache(place())).toEqual(set)
  })

  test('is out of date with other fonts', () => {
    writeCache(set, place())
    write('lock.json', '{"packages": {}}')
    expect(readCache(place())).toBe('made of other fonts or by other code')
  })

  test.each(['set.bin', 'index.json'])('damage to %s is noticed wherever it is', name => {
    writeCache(set, place())
    const file = join(place().folder, name)
    const whole = readFileSync(file)
    let damaged = 0
    for (let k = 0; k < 40; k++) {
      const bytes = Buffer.from(whole)
      const at = Math.floor((k * bytes.length) / 40)
      bytes[at] ^= 1 << (k & 7)
      writeFileSync(file, bytes)
      // A bit may fall on what does not matter, a blank of JSON or a copy's distance; then the set is still the set.
      const found = readCache(place())
      if (typeof found === 'object') expect(found).toEqual(set)
      else damaged++
    }
    expect(damaged).toBeGreaterThan(20)
    writeFileSync(file, whole.subarray(0, whole.length / 2))
    expect(readCache(place())).toBe('damaged')
  })
})

describe('the fonts are installed', () => {
  test('when every package is there in the version of the lock file', () => {
    const packages = {
      '': {},
      'node_modules/@fontsource/ann': { version: '5.1.0' },
      'node_modules/dejavu': { version: '2.0.0' },
    }
    write('lock.json', JSON.stringify({ packages }))
    const there = (): boolean => installed(join(folder, 'node_modules'), join(folder, 'lock.json'))
    expect(there()).toBe(false)
    write('node_modules/@fontsource/ann/package.json', '{"version": "5.1.0"}')
    expect(there()).toBe(false)
    write('node_modules/dejavu/package.json', '{"version": "1.0.0"}')
    expect(there()).toBe(false)
    write('node_modules/dejavu/package.json', '{"version": "2.0.0"}')
    expect(there()).toBe(true)
  })
})
