import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkGiven, checkInteger, checkOptions, chosen, nearest, shown } from '../../engine/check.ts'

const KNOWN = { margin: true, scale: true, seed: true } as const

describe('checkOptions', () => {
  test('takes known names, undefined and objects without a prototype', () => {
    checkOptions('op', undefined, KNOWN)
    checkOptions('op', { margin: 1, seed: 2 } as never, KNOWN)
    checkOptions('op', Object.assign(Object.create(null), { scale: 1 }), KNOWN)
  })

  test.each([
    [{ margn: 1 }, 'op: there is no option margn, did you mean margin?'],
    [{ Margin: 1 }, 'op: there is no option Margin, did you mean margin?'],
    [{ toString: 1 }, 'op: there is no option toString, known: margin, scale, seed'],
    [3, 'op: options as an object, { margin, scale, seed }, expected, got 3'],
    [null, 'op: options as an object, { margin, scale, seed }, expected, got null'],
    [[1, 2], 'op: options as an object, { margin, scale, seed }, expected, got [1, 2]'],
    [new Float32Array(2), 'op: options as an object, { margin, scale, seed }, expected, got a Float32Array'],
    [
      Promise.resolve(1),
      'op: options as an object, { margin, scale, seed }, expected, got a Promise (await it)',
    ],
  ])('refuses %o', (options, message) => {
    expect(() => checkOptions('op', options as never, KNOWN)).toThrow(message)
  })

  test.each([undefined, null, 3])('that must be there: refuses %o', options => {
    expect(() => checkGiven('op', options as never, KNOWN)).toThrow(
      `op: options as an object, { margin, scale, seed }, expected, got ${options}`,
    )
  })

  test('a name from elsewhere is led to the one here, which comes first where both fit', () => {
    const known = { m: ['margin', 'Delta'], delta: true } as const
    const refuse = (options: object) => () => checkOptions('op', options as never, known)
    expect(refuse({ margin: 1 })).toThrow('op: there is no option margin, did you mean m?')
    expect(refuse({ DELTA: 1 })).toThrow('op: there is no option DELTA, did you mean delta?')
  })

  test('chosen leaves only what a part knows', () => {
    expect(chosen({ a: 1, b: undefined, c: 3 }, { a: true, b: true })).toEqual({ a: 1, b: undefined })
  })

  test('a name with one letter changed is led back to the name', () => {
    fc.assert(
      fc.property(fc.constantFrom('margin', 'scale', 'reduction'), fc.nat(), (name, at) => {
        const i = at % name.length
        expect(nearest(`${name.slice(0, i)}x${name.slice(i + 1)}`, ['margin', 'scale', 'reduction'])).toBe(
          name,
        )
      }),
    )
  })

  test('so is one of which two neighbours changed places', () => {
    const names = ['dtype', 'axis', 'margin', 'keepDims']
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), (name, at) => {
        const i = at % (name.length - 1)
        expect(nearest(`${name.slice(0, i)}${name[i + 1]}${name[i]}${name.slice(i + 2)}`, names)).toBe(name)
      }),
    )
  })
})

describe('checkInteger', () => {
  test.each([0.5, Number.NaN, Infinity, '1', [1], null, undefined, 2 ** 53, -1, 4])('refuses %o', value => {
    expect(() => checkInteger('op', 'k', value, 0, 3)).toThrow(
      /^op: k as an integer from 0 to 3 expected, got /,
    )
  })

  test('takes what lies within', () => {
    fc.assert(fc.property(fc.integer({ min: -5, max: 5 }), n => checkInteger('op', 'k', n, -5, 5)))
  })
})

test.each([
  ['same', '"same"'],
  [[1, [2], 3, 4, 5], '[1, [..], 3, 4, ..]'],
  [{ a: 1 }, '{ a }'],
  [5n, '5n'],
  [Math.max, 'the function max'],
])('shown(%o) is %s', (value, text) => {
  expect(shown(value)).toBe(text)
})
