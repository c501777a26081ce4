import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import { circles, importsOf, violations } from './support/imports.ts'

const ROOT = join(import.meta.dirname, '..')

function sources(): Map<string, string> {
  const paths = ['engine', 'losses', 'models', 'examples'].flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts') && !name.includes('node_modules'))
      .map(name => `${folder}/${name.split(sep).join('/')}`),
  )
  return new Map(paths.map(path => [path, readFileSync(join(ROOT, path), 'utf8')]))
}

describe('imports point one way: examples -> models -> losses -> engine', () => {
  test('in every file of the library', () => {
    const all = sources()
    expect(all.size).toBeGreaterThan(50)
    expect(violations(all)).toEqual([])
  })

  // The test of the test: each rule, broken by a made-up file.
  test.each([
    ['engine/x.ts', "import { a } from '../losses/a.ts'", 'an import upwards'],
    ['losses/x.ts', "import type { A } from '../models/a.ts'", 'an import upwards'],
    ['models/deep/x.ts', "export * from '../../examples/a.ts'", 'an import upwards'],
    ['engine/x.ts', "const a = await import('../models/a.ts')", 'an import upwards'],
    ['engine/x.ts', "import '../test/a.ts'", 'an import upwards'],
    ['engine/backends/wasm/x.ts', "import { GPU } from 'gpu.js'", 'only engine/backends/gpu imports gpu.js'],
    ['engine/ops/x.ts', "import { a } from '../testing/a.ts'", 'engine/testing is for tests'],
    ['losses/x.ts', "import {\n  a,\n} from '../engine/testing/a.ts'", 'engine/testing is for tests'],
    ['models/x.ts', "import { readFileSync } from 'node:fs'", 'no Node module'],
    ['models/x.ts', "import { a } from './images/a.ts'", 'models/images opens files'],
    ['models/x.ts', "import { a } from '../losses/a'", 'there is no such file'],
  ])('%s: %s', (path, text, rule) => {
    const others = ['engine/testing', 'losses', 'models', 'models/images', 'examples', 'test'].map(
      f => [`${f}/a.ts`, ''] as const,
    )
    const found = violations(new Map([...others, [path, text]]))
    expect(found.length).toBe(1)
    expect(found[0]).toContain(path)
    expect(found[0]).toContain(rule)
  })

  test.each([
    ['models/x.ts', "import { a } from '../losses/a.ts'"],
    ['examples/x.ts', "import { a } from '../engine/a.ts'\nimport 'node:fs'"],
    ['engine/backends/gpu/x.ts', "import { GPU } from 'gpu.js'"],
    ['models/images/x.ts', "import { a } from '../../engine/a.ts'\nimport 'node:fs'"],
    ['examples/x.ts', "import { a } from '../models/images/a.ts'"],
    ['examples/x.ts', "import { b } from '../engine/testing/b.ts'"],
    ['engine/testing/x.ts', "import { a } from '../a.ts'\nimport { b } from './b.ts'"],
  ])('%s may import what lies below', (path, text) => {
    const below = ['models/images/a.ts', 'losses/a.ts', 'engine/a.ts', 'engine/testing/b.ts'].map(
      f => [f, ''] as const,
    )
    expect(violations(new Map([...below, [path, text]]))).toEqual([])
  })

  test('finds each form of import', () => {
    const text = "import a from './a.ts'\nexport { b } from '../b.ts'\nimport 'c'\nawait import('./d.ts')"
    expect(importsOf('engine/ops/x.ts', text).map(i => i.to)).toEqual([
      'engine/ops/a.ts',
      'engine/b.ts',
      'c',
      'engine/ops/d.ts',
    ])
  })
})

describe('no file imports itself by way of others, not even for types', () => {
  test('in the whole library', () => expect(circles(sources())).toEqual([]))

  const files = (imports: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, string> =>
    new Map(
      Object.entries(imports).map(([name, of]) => [
        `engine/${name}.ts`,
        of.map(to => `import type { A } from './${to}.ts'`).join('\n'),
      ]),
    )

  // The test of the test, on made-up files.
  test.each([
    ['a tree', { a: ['b', 'c'], b: ['c'], c: [] }, []],
    ['two ways to one file', { a: ['b', 'c'], b: ['d'], c: ['d'], d: ['gone'] }, []],
    ['a file of itself', { a: ['a'], b: ['a'] }, ['a']],
    ['two files', { a: ['b'], b: ['a'] }, ['a b']],
    ['three, entered from outside', { z: ['b'], b: ['c'], c: ['a'], a: ['b'] }, ['a b c']],
    ['two circles apart', { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] }, ['a b', 'c d']],
    ['two circles with one file in common', { a: ['b'], b: ['a', 'c'], c: ['b'] }, ['a b c']],
  ] as const)('%s', (_, imports, expected) => {
    const found = circles(files(imports)).map(circle => circle.map(path => path.slice(7, -3)).join(' '))
    expect(found).toEqual(expected)
  })
})

describe('what the GPU is driven by stays in its folder', () => {
  const WORDS = /gpu\.js|texture|shader|webgl context/i
  const hasWords = (path: string, text: string): boolean =>
    !path.startsWith('engine/backends/gpu/') && WORDS.test(text)

  test('no other file of the library has a word of it', () => {
    expect([...sources()].flatMap(([path, text]) => (hasWords(path, text) ? [path] : []))).toEqual([])
  })

  test('a word elsewhere is found', () => {
    expect(hasWords('engine/tensor.ts', '/** A texture. */')).toBe(true)
    expect(hasWords('engine/backends/gpu/drivers/gl.ts', '/** A texture. */')).toBe(false)
  })
})
