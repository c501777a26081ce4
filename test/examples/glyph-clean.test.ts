import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { confusables, Groups } from '../../examples/glyph-reid/glyphs/confusables.ts'
import { identitiesOf } from '../../examples/glyph-reid/glyphs/identities.ts'
import { withoutPlaceholders } from '../../examples/glyph-reid/glyphs/placeholders.ts'
import { drawing, faceOf } from './support/drawings.ts'

const faces = ['one', 'two', 'three', 'four'].map(family => faceOf(family))
const code = (character: string): number => character.codePointAt(0)!

describe('placeholders', () => {
  const box = (n: number, family: string) =>
    Array.from({ length: n }, (_, i) => drawing(String.fromCodePoint(0x100 + i), faceOf(family), '11'))

  test('are what more than 12 characters of one face look like', () => {
    const honest = drawing('a', faceOf('b'), '10')
    expect(withoutPlaceholders([...box(12, 'a'), honest, ...box(13, 'b')])).toEqual([...box(12, 'a'), honest])
  })
})

describe('confusables', () => {
  /** `same` of four faces draw the two alike, the others far from it. */
  const pair = (a: string, b: string, same: number) =>
    faces.flatMap((face, i) => [drawing(a, face, '1100'), drawing(b, face, i < same ? '1100' : '0011')])
  const merged = (a: string, b: string, drawings: Parameters<typeof confusables>[0]): boolean => {
    const groups = confusables(drawings)
    return groups.nameOf(code(a)) === groups.nameOf(code(b))
  }

  test('look the same in at least half of the faces that have both', () => {
    expect([0, 1, 2, 3, 4].map(same => merged('ж', 'я', pair('ж', 'я', same)))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ])
    const alone = faces.slice(2).map(face => drawing('ж', face, '1111'))
    const both = pair('ж', 'я', 1).slice(0, 4)
    expect(merged('ж', 'я', [...both, ...alone])).toBe(true)
  })

  test('are cases and compatible forms of a median cosine of at least .80', () => {
    // Cosines of 3 / sqrt(3 * 4) = .866 and 2 / sqrt(3 * 3) = .667.
    const [near, far] = ['1111', '1101']
    for (const [a, b] of ['Жж', 'ⅠI', '𝐀A'].map(text => [...text])) {
      for (const [shape, alike] of [
        [near, true],
        [far, false],
      ] as const) {
        const drawings = faces.flatMap(face => [drawing(a, face, '1110'), drawing(b, face, shape)])
        expect([a, b, merged(a, b, drawings)]).toEqual([a, b, alike])
      }
    }
    const drawings = faces.flatMap(face => [drawing('ж', face, '1110'), drawing('я', face, near)])
    expect(merged('ж', 'я', drawings)).toBe(false)
  })

  test('of two cosines in the middle the upper one counts', () => {
    const nearIn = (n: number) =>
      faces.flatMap((face, i) => [drawing('Ж', face, '1110'), drawing('ж', face, i < n ? '1111' : '1101')])
    expect([0, 1, 2, 3].map(n => merged('Ж', 'ж', nearIn(n)))).toEqual([false, false, true, true])
  })

  test('are 0, O and o by hand, whatever they look like, and named by the smallest', () => {
    const groups = confusables([...'oO0'].map((c, i) => drawing(c, faces[i], '1')))
    expect([...'oO0'].map(c => groups.nameOf(code(c)))).toEqual([code('0'), code('0'), code('0')])
    // A character that no font has takes no part.
    expect(confusables([drawing('O', faces[0], '1')]).nameOf(code('O'))).toBe(code('O'))
  })

  test('chains of pairs are one group, in any order of the drawings', () => {
    const drawings = [
      ...pair('ж', 'я', 2),
      ...faces.map((face, i) => drawing('ф', face, i < 2 ? '0101' : '0011')),
    ]
    const places = drawings.map((_, i) => i)
    fc.assert(
      fc.property(fc.shuffledSubarray(places, { minLength: places.length }), order => {
        const shuffled = order.map(i => drawings[i])
        expect([merged('ж', 'ф', shuffled), merged('ж', 'я', shuffled)]).toEqual([true, true])
      }),
    )
  })

  test('groups are those of the graph of merges', () => {
    const edges = fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 15 })
    fc.assert(
      fc.property(edges, edges => {
        const groups = new Groups()
        for (const [a, b] of edges) groups.merge(a, b)
        // Brute force: the smallest name spreads along the edges until nothing changes.
        const names = Array.from({ length: 13 }, (_, i) => i)
        for (let turn = 0; turn < 13; turn++) {
          for (const [a, b] of edges) names[a] = names[b] = Math.min(names[a], names[b])
        }
        expect(names.map((_, i) => groups.nameOf(i))).toEqual(names)
      }),
    )
  })
})

describe('identities', () => {
  const shapes = (list: ReturnType<typeof identitiesOf>) =>
    [...list].map(([name, drawings]) => [String.fromCodePoint(name), drawings.map(d => d.look)])

  test('have families, in the order of code points, a look of a face once', () => {
    const groups = new Groups()
    groups.merge(code('a'), code('A'))
    const drawings = [
      drawing('b', faces[0], '01'),
      drawing('A', faces[0], '10'),
      drawing('a', faces[0], '10'), // a copy
      drawing('c', faces[0], '01'), // b's look
      drawing('A', faces[1], '10'),
      drawing('a', faces[1], '11'),
      drawing('b', faces[1], '01'),
      drawing('c', faces[1], '00'),
    ]
    expect(shapes(identitiesOf(drawings, groups))).toEqual([
      ['A', ['one/400 10', 'two/400 10', 'two/400 11']],
      ['b', ['one/400 01', 'two/400 01']],
    ])
  })

  test('two faces of a family are one family', () => {
    const drawings = [drawing('a', faceOf('f', '400'), '1'), drawing('a', faceOf('f', '700'), '1')]
    expect(identitiesOf(drawings, new Groups()).size).toBe(0)
  })
})
