import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Field, formatValue, parseValue, type Value } from '../../examples/playground/settings/field.ts'
import type { Settings, Side } from '../../examples/playground/settings/settings.ts'
import { SHARED_FIELDS } from '../../examples/playground/settings/sharedFields.ts'
import { defaultSide, sideFields } from '../../examples/playground/settings/sideFields.ts'
import { fromQuery, LOSS_NAMES, toQuery } from '../../examples/playground/settings/url.ts'
import { lossByName } from '../../losses/index.ts'

/** Any value that the field accepts. */
function anyValue(field: Field): fc.Arbitrary<Value> {
  if (field.kind === 'switch') return fc.boolean()
  if (field.kind === 'choice') return fc.constantFrom(...field.choices.map(([value]) => value))
  const { min, max, step } = field
  const grid = fc.integer({ min: Math.round(min / step), max: Math.round(max / step) })
  return grid.map(k => Number((k * step).toFixed(2)))
}

const valuesOf = (fields: readonly Field[]): fc.Arbitrary<Record<string, Value>> =>
  fc.record(Object.fromEntries(fields.map(field => [field.name, anyValue(field)])))

const side: fc.Arbitrary<Side> = fc
  .record({ loss: fc.constantFrom(...LOSS_NAMES), estimator: fc.constantFrom('ema', 'exact', 'centerLoss') })
  .chain(({ loss, estimator }) =>
    valuesOf(sideFields(loss, estimator)).map(options => ({
      loss,
      options: 'estimator' in options ? { ...options, estimator } : options,
    })),
  )

const settings = fc.record({
  shared: valuesOf(SHARED_FIELDS),
  sides: fc.tuple(side, side),
}) as unknown as fc.Arbitrary<Settings>

describe('settings in an address', () => {
  test('any settings come back', () => {
    fc.assert(
      fc.property(settings, s => {
        const { settings: back, problems } = fromQuery(toQuery(s))
        expect(problems).toEqual([])
        expect(back).toEqual(s)
      }),
    )
  })

  test('no address is the main job, CosFace beside IR-CosFace, and the defaults are no address', () => {
    const { settings: plain } = fromQuery('')
    expect(toQuery(plain)).toBe('')
    expect(plain.sides.map(({ loss }) => loss)).toEqual(['cosFace', 'irCosFace'])
    expect(plain.sides[1].options).toEqual({
      s: 16,
      m: 0.2,
      estimator: 'ema',
      alpha: 0.1,
      subtractMean: true,
    })
    expect(plain.shared).toEqual({ imbalance: 100, dim: 2, steps: 1000, seed: 0, backend: 'wasm' })
  })

  test.each([
    ['imbalance=0', 'imbalance: an integer from 1 to 200 expected, got 0'],
    ['imbalance=2.5', 'imbalance: an integer from 1 to 200 expected, got 2.5'],
    ['seed=', 'seed: an integer from 0 to 2147483647 expected, got '],
    ['dim=4', 'dim: one of 2, 3 expected, got 4'],
    ['left=cosFaec', 'left: a loss expected, got cosFaec; is it cosFace?'],
    ['left.m=0.21', 'left.m: a multiple of 0.05 from 0 to 1 expected, got 0.21'],
    ['right.subtractMean=yes', 'right.subtractMean: true or false expected, got yes'],
    ['left.alpha=0.5', 'left.alpha: no such setting'],
    ['right.estimator=exact&right.alpha=0.5', 'right.alpha: no such setting'],
    ['colour=red', 'colour: no such setting'],
  ])('%s: told, and the rest stands', (query, problem) => {
    const { settings: read, problems } = fromQuery(`${query}&steps=500`)
    expect(problems).toEqual([problem])
    expect(read.shared.steps).toBe(500)
  })

  test('texts that mean nothing do no harm', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('left', 'right.m', 'seed', 'backend', 'x'), (text, name) => {
        const query = new URLSearchParams({ [name]: text }).toString()
        const { settings: read } = fromQuery(query)
        expect(fromQuery(toQuery(read)).settings).toEqual(read)
      }),
    )
  })
})

describe('fields', () => {
  test('every loss that is offered can be made with what its fields hold', () => {
    for (const name of LOSS_NAMES) {
      for (const estimator of ['ema', 'exact', 'centerLoss']) {
        const { options } = defaultSide(
          name,
          'estimator' in defaultSide(name).options ? estimator : undefined,
        )
        expect(() => lossByName(name).create({ classes: 10, dim: 2, ...options })).not.toThrow()
      }
    }
  })

  test('the ends of every field are accepted by every loss', () => {
    for (const name of LOSS_NAMES) {
      for (const field of sideFields(name)) {
        if (field.kind !== 'number') continue
        for (const value of [field.min, field.max]) {
          const options = { ...defaultSide(name).options, [field.name]: value }
          expect(() => lossByName(name).create({ classes: 10, dim: 2, ...options })).not.toThrow()
        }
      }
    }
  })

  test('a value is shown with the decimals of its step, and read again from that', () => {
    const fields = LOSS_NAMES.flatMap(name => [...sideFields(name)])
    fc.assert(
      fc.property(
        fc.constantFrom(...fields).chain(f => anyValue(f).map(v => [f, v] as const)),
        ([field, value]) => {
          expect(parseValue(field, formatValue(field, value))).toBe(value)
        },
      ),
    )
  })
})
