import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  dukeMtmcReid,
  indexLfwPairs,
  lfwPath,
  market1501,
  parseLfwPairs,
  parseReidName,
  reidImages,
} from '../../models/index.ts'

const padded = (value: number, width: number): string => String(value).padStart(width, '0')
const identity = fc.oneof(fc.constant(-1), fc.nat(9999))
const idText = (id: number): string => (id < 0 ? '-1' : padded(id, 4))

describe("LFW's lists", () => {
  const name = fc.stringMatching(/^[A-Z][a-z]{1,5}(_[A-Z][a-z]{1,5}){0,2}$/)
  const number = fc.integer({ min: 1, max: 530 })
  const two = <T>(of: fc.Arbitrary<T>) => fc.uniqueArray(of, { minLength: 2, maxLength: 2 })
  const set = (count: number) =>
    fc.tuple(
      fc.array(fc.tuple(name, two(number)), { minLength: count, maxLength: count }),
      fc.array(fc.tuple(two(name), number, number), { minLength: count, maxLength: count }),
    )
  const list = fc
    .integer({ min: 1, max: 3 })
    .chain(count => fc.array(set(count), { minLength: 1, maxLength: 4 }))

  test('what was written is read, whatever the blanks and line ends', () => {
    const blanks = fc.constantFrom('\t', ' ', '  ')
    // As systems and editors leave them: a byte order mark, blank lines, blanks at the ends of lines.
    const ends = fc.constantFrom('\n', '\r\n', '\r', '\n\n', ' \t\r\n\r\n')
    const marks = fc.constantFrom('', '\uFEFF', '\uFEFF\n', '\r\n')
    fc.assert(
      fc.property(list, blanks, ends, fc.boolean(), marks, (sets, blank, end, head, mark) => {
        const short = head && sets.length === 1
        const lines = sets.flatMap(([matched, mismatched]) => [
          ...matched.map(([a, n]) => [a, ...n]),
          ...mismatched.map(([[a, b], m, n]) => [a, m, b, n]),
        ])
        const first = short ? [sets[0][0].length] : [sets.length, sets[0][0].length]
        const text = [first, ...lines].map(words => words.join(blank) + end).join('')
        const pairs = parseLfwPairs(mark + text)
        const expected = sets.flatMap(([matched, mismatched], fold) => [
          ...matched.map(([name, [m, n]]) => ({
            a: { name, number: m },
            b: { name, number: n },
            same: true,
            fold,
          })),
          ...mismatched.map(([[x, y], m, n]) => ({
            a: { name: x, number: m },
            b: { name: y, number: n },
            same: false,
            fold,
          })),
        ])
        expect(pairs).toEqual(expected)
        const { images, pairs: rows, folds } = indexLfwPairs(pairs)
        expect(new Set(images.map(lfwPath)).size).toBe(images.length)
        expect(
          rows.map(({ a, b, same }, p) => ({ a: images[a], b: images[b], same, fold: folds[p] })),
        ).toEqual(pairs)
      }),
    )
  })

  test('by hand', () => {
    const pairs = parseLfwPairs('1\t1\nAbel_Pacheco\t1\t4\nAbdel_Madi_Shabneh\t1\tDean_Barker\t12\n')
    expect(pairs.map(({ a, b, same }) => [lfwPath(a), lfwPath(b), same])).toEqual([
      ['Abel_Pacheco/Abel_Pacheco_0001', 'Abel_Pacheco/Abel_Pacheco_0004', true],
      ['Abdel_Madi_Shabneh/Abdel_Madi_Shabneh_0001', 'Dean_Barker/Dean_Barker_0012', false],
    ])
  })

  test.each([
    ['', 'line 1: "sets count" or "count" expected, got ""'],
    ['A\t1\t2\n', 'line 1: "sets count" or "count" expected, got "A\t1\t2"'],
    ['10 0', 'line 1: at least one pair expected'],
    ['2 1\nA 1 2\nA 1 B 1', '1 + 2 x 2 x 1 lines expected, as the first says, got 3'],
    ['1\nA 1 2\nA 1 B 1\nA 1 B 2', '1 + 1 x 2 x 1 lines expected, as the first says, got 4'],
    ['1\nA 1 B 2\nA 1 B 1', 'line 2: "name n1 n2", n1 and n2 two, expected, got "A 1 B 2"'],
    ['1\nA 1 1\nA 1 B 1', 'line 2: "name n1 n2"'],
    ['1\nA 0 1\nA 1 B 1', 'line 2: "name n1 n2"'],
    ['1\nA 1 2\nA 1 A 2', 'line 3: "name1 n1 name2 n2", the names two, expected, got "A 1 A 2"'],
    ['1\nA 1 2\nA 1 2', 'line 3: "name1 n1 name2 n2"'],
    ['\uFEFF1\r\n\r\nA 1 2\r\n\r\nA 1 A 2\r\n', 'line 5: "name1 n1 name2 n2"'],
  ])('%j is refused', (text, message) => {
    expect(() => parseLfwPairs(text)).toThrow(`parseLfwPairs: ${message}`)
  })
})

describe('names of re-identification images', () => {
  const digit = fc.integer({ min: 1, max: 8 })
  const ending = fc.constantFrom('.jpg', '.png', '.JPG', '.jpeg')

  test('what was written is read', () => {
    fc.assert(
      fc.property(identity, digit, digit, fc.nat(999999), ending, (id, camera, s, frame, end) => {
        const market = `${idText(id)}_c${camera}s${s}_${padded(frame, 6)}_01${end}`
        expect(parseReidName(market, market1501)).toEqual({ id, camera })
        const duke = `${idText(id)}_c${camera}_f${padded(frame, 7)}${end}`
        expect(parseReidName(duke, dukeMtmcReid)).toEqual({ id, camera })
        expect(() => parseReidName(market, dukeMtmcReid)).toThrow('DukeMTMC-reID: a name such as')
        expect(() => parseReidName(duke, market1501)).toThrow('Market-1501: a name such as')
      }),
    )
  })

  test.each([
    '1_c1s1_000151_01.jpg',
    '0001_c0s1_000151_01.jpg',
    '-2_c1s1_000151_01.jpg',
    '0001c1s1_000151_01.jpg',
  ])('%s is refused', file => {
    expect(() => parseReidName(file, market1501)).toThrow(
      `parseReidName: Market-1501: a name such as 0001_c1s1_000151_01.jpg expected, got "${file}"`,
    )
  })

  test('a folder: sorted, whatever it is listed in, and without what is no image', () => {
    const names = ['0002_c1s1_000001_00.jpg', 'Thumbs.db', '-1_c3s1_000002_01.jpg', '0000_c2s2_000003_02.png']
    const images = reidImages(names, market1501)
    expect(images).toEqual({
      files: [names[2], names[3], names[0]],
      ids: Int32Array.of(-1, 0, 2),
      cameras: Int32Array.of(3, 2, 1),
    })
    expect(reidImages([...names].reverse(), market1501)).toEqual(images)
    expect(() => reidImages(['Thumbs.db'], market1501)).toThrow('JPEG or PNG files expected, got none of 1')
    expect(() => reidImages(['a.jpg'], market1501)).toThrow('got "a.jpg"')
    // All that are malformed at once.
    expect(() => reidImages([...names, 'a.jpg', 'b.png'], market1501)).toThrow(
      'reidImages: Market-1501: a name such as 0001_c1s1_000151_01.jpg expected, got 2 others: "a.jpg", "b.png"',
    )
  })

  test('what a Mac or Windows leaves beside images, and in lists of their names, is passed over', () => {
    const names = ['0001_c1s1_000001_00.jpg', '0002_c1s1_000001_00.jpg']
    const strays = ['._0001_c1s1_000001_00.jpg', '.DS_Store', 'desktop.ini', '.0003_c1s1_000001_00.jpg', '']
    const images = reidImages(names, market1501)
    expect(images.files).toEqual(names)
    expect(reidImages([...strays, ...names], market1501)).toEqual(images)
    const list = `\uFEFF${names.join('\r\n')}\r\n\r\n`
    expect(reidImages(list.split('\n'), market1501)).toEqual(images)
  })
})

describe('arguments of another kind', () => {
  const odd = [undefined, null, 3, ['x'], {}, Promise.resolve(''), () => '']

  test('are refused by name', () => {
    const unusual = <T>(value: unknown): T => value as T
    for (const value of odd) {
      const got = (op: string) => new RegExp(`^${op}: .* expected, got `)
      expect(() => parseLfwPairs(unusual(value))).toThrow(got('parseLfwPairs'))
      expect(() => lfwPath(unusual(value))).toThrow(got('lfwPath'))
      expect(() => indexLfwPairs(unusual(value))).toThrow(got('indexLfwPairs'))
      expect(() => indexLfwPairs([unusual(value)])).toThrow(got('indexLfwPairs'))
      expect(() => indexLfwPairs(new Array(3))).toThrow(got('indexLfwPairs'))
      expect(() => parseReidName(unusual(value), market1501)).toThrow(got('parseReidName'))
      expect(() => parseReidName('0001_c1s1_000151_01.jpg', unusual(value))).toThrow(got('parseReidName'))
      if (!Array.isArray(value))
        expect(() => reidImages(unusual(value), market1501)).toThrow(got('reidImages'))
      expect(() => reidImages([unusual(value)], market1501)).toThrow(got('reidImages'))
      expect(() => reidImages(['0001_c1s1_000151_01.jpg'], unusual(value))).toThrow(got('reidImages'))
    }
  })

  test('no fold is made of a fold that is missing', () => {
    const pair = { a: { name: 'A', number: 1 }, b: { name: 'B', number: 1 }, same: false }
    for (const fold of [undefined, 0.5, -1, Number.NaN, 2 ** 32, '1']) {
      expect(() => indexLfwPairs([{ ...pair, fold: fold as number }])).toThrow(
        'the fold of pair 0 as an integer',
      )
    }
    const folded = { ...pair, fold: 0 }
    for (const same of ['true', 2, null, undefined, 1n]) {
      expect(() => indexLfwPairs([folded, { ...folded, same: same as never }])).toThrow(
        /^indexLfwPairs: same as true or false expected, got .* in pair 1$/,
      )
    }
    const counted = [0, 1].map(same => ({ ...folded, same: same as never }))
    expect(indexLfwPairs(counted).pairs.map(({ same }) => same)).toEqual([false, true])
    expect(() => lfwPath({ name: 'A', number: Number.NaN })).toThrow(
      'lfwPath: number as an integer >= 1 expected',
    )
  })
})

describe('a format of your own', () => {
  const format = { ...market1501, name: 'Own', form: 'anna_c1.jpg' }

  test('whose names are no numbers, or too large, makes no one a distractor', () => {
    for (const [pattern, file] of [
      [/^([a-z]+)_c(\d)\.jpg$/, 'anna_c1.jpg'],
      [/^(\d+)_c(\d)\.jpg$/, '4294967297_c1.jpg'],
      [/^(\d*)_c(\d)\.jpg$/, '_c1.jpg'],
      [/^(\d+)_c\d\.jpg$/, '0001_c1.jpg'],
    ] as const) {
      expect(() => reidImages([file], { ...format, pattern })).toThrow(
        `such as anna_c1.jpg expected, got "${file}"`,
      )
    }
  })

  test('may have the flags of a search', () => {
    const pattern = /^(\d+)_c(\d)\.jpg$/gy
    const files = ['1_c1.jpg', '2_c2.jpg', '3_c3.jpg']
    expect(Array.from(reidImages(files, { ...format, pattern }).ids)).toEqual([1, 2, 3])
  })
})
