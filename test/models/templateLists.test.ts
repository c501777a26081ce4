import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  parseDetectedFaces,
  parseTemplateImages,
  parseTemplatePairs,
  parseTemplateSubjects,
} from '../../models/index.ts'
import { check } from '../support/property.ts'

const id = fc.nat(2 ** 31 - 1)
const file = fc.stringMatching(/^[A-Za-z0-9_/]{1,8}\.jpg$/)
const ends = fc.constantFrom('\n', '\r\n', '\n\n', ' \t\r\n')
const marks = fc.constantFrom('', '\uFEFF', '\n')
const rows = <T>(row: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(row, { minLength: 1, maxLength: 20 })

describe("IJB's lists", () => {
  test('images of templates', () => {
    check(
      fc.property(rows(fc.tuple(file, id, id)), ends, marks, (list, end, mark) => {
        const text = mark + list.map(words => words.join(' ') + end).join('')
        expect(parseTemplateImages(text)).toEqual({
          files: list.map(([file]) => file),
          templates: Int32Array.from(list, ([, template]) => template),
          media: Int32Array.from(list, ([, , medium]) => medium),
        })
      }),
    )
    expect(() => parseTemplateImages('1.jpg 1 2\n\n2.jpg 3')).toThrow(
      'parseTemplateImages: line 3: "file template medium" expected, got "2.jpg 3"',
    )
    expect(() => parseTemplateImages('1.jpg 1 99999999999')).toThrow('line 1')
    expect(() => parseTemplateImages('\n')).toThrow('at least one line expected, got none')
    expect(() => parseTemplateImages(new Uint8Array(3) as never)).toThrow("the list's text expected")
  })

  test('subjects of templates, each template once', () => {
    const list = fc.uniqueArray(fc.tuple(id, id), { minLength: 1, selector: ([template]) => template })
    check(
      fc.property(list, ends, marks, fc.boolean(), (list, end, mark, twice) => {
        const lines = list.map(words => `${words.join(',')},1.jpg,12`)
        const all = ['TEMPLATE_ID,SUBJECT_ID,FILENAME,SIGHTING_ID', ...lines, ...(twice ? lines : [])]
        expect(parseTemplateSubjects(mark + all.join(end))).toEqual({
          templates: Int32Array.from(list, ([template]) => template),
          subjects: Int32Array.from(list, ([, subject]) => subject),
        })
      }),
    )
    expect(() => parseTemplateSubjects('T,S\n1,2\n1,3')).toThrow(
      'line 3: template 1 of subject 2, as before, expected, got "1,3"',
    )
    expect(() => parseTemplateSubjects('T,S\n1')).toThrow('line 2: "template,subject" expected')
  })

  test('detected faces', () => {
    // A text has no -0.
    const number = fc.double({ noNaN: true, min: -1e9, max: 1e9 }).map(value => value + 0)
    const face = fc.tuple(file, fc.array(number, { minLength: 11, maxLength: 11 }))
    check(
      fc.property(rows(face), ends, marks, (list, end, mark) => {
        const text = mark + list.map(([file, numbers]) => [file, ...numbers].join(' ') + end).join('')
        const read = parseDetectedFaces(text)
        expect(read.files).toEqual(list.map(([file]) => file))
        expect(read.points).toEqual(Float32Array.from(list.flatMap(([, numbers]) => numbers.slice(0, 10))))
        expect(read.scores).toEqual(Float32Array.from(list, ([, numbers]) => numbers[10]))
      }),
    )
    expect(() => parseDetectedFaces('1.jpg 1 2')).toThrow('line 1: "file x1 y1 .. x5 y5 score" expected')
  })

  test('pairs of templates, as rows', () => {
    const ids = fc.uniqueArray(id, { minLength: 1, maxLength: 9 })
    const lists = ids.chain(ids => {
      const row = fc.nat(ids.length - 1)
      return fc.tuple(fc.constant(ids), rows(fc.tuple(row, row, fc.boolean())))
    })
    check(
      fc.property(lists, ends, marks, ([ids, list], end, mark) => {
        const lines = list.map(([a, b, same]) => `${ids[a]} ${ids[b]}\t${Number(same)}`)
        const bytes = Buffer.from(mark + lines.join(end))
        expect(parseTemplatePairs(bytes, Int32Array.from(ids))).toEqual({
          a: Int32Array.from(list, ([a]) => a),
          b: Int32Array.from(list, ([, b]) => b),
          same: Uint8Array.from(list, ([, , same]) => Number(same)),
        })
      }),
    )
    const wrong = (text: string) => () => parseTemplatePairs(Buffer.from(text), [1, 2])
    expect(wrong('1 2 1\n1 3 0')).toThrow('parseTemplatePairs: line 2: a template of ids expected, got 3')
    expect(wrong('1 2')).toThrow('line 1: "template template same", same as 1 or 0, expected, got "1 2"')
    expect(wrong('1 2 2')).toThrow('line 1: "template template same"')
    expect(wrong('1 2 1\na b 1')).toThrow('line 2: digits and blanks expected, got "a"')
    expect(() => parseTemplatePairs('1 2 1' as never, [1])).toThrow('parseTemplatePairs: bytes')
    expect(() => parseTemplatePairs(Buffer.from(''), 2 as never)).toThrow(
      'ids of templates in an array expected',
    )
  })
})
