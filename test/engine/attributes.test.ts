import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reference } from '../../engine/backends/reference/index.ts'
import { apply, Generator, OPS, type OpSpec } from '../../engine/index.ts'
import { drawCase, seeds } from '../../engine/testing/index.ts'
import { check } from '../support/property.ts'

/** What may stand in place of an attribute, or of an entry of one, and is never one. */
const WRONG: readonly unknown[] = [
  Number.NaN,
  '1',
  null,
  undefined,
  [],
  {},
  Promise.resolve(1),
  2 ** 53,
  -(2 ** 40),
]
/** Besides, in place of what is an integer. */
const NO_INTEGER: readonly unknown[] = [0.5, -0.5, 1e-9, Infinity, -Infinity, 2 ** 40 + 0.5]

/** Attributes that are real numbers: any finite one is one, and of `value`, `low` and `high` an infinite one too. */
const REAL = new Set([
  'slope',
  'eps',
  'low',
  'high',
  'value',
  'p',
  'alpha',
  'beta',
  'scale',
  'inputScale',
  'cubicCoefficient',
  'positive',
  'negative',
  'shift',
  'power',
  'factor',
  'constant',
])

/** Where a longer list may be right as well: what stretches to one shape stretches to others. */
const LISTS = new Set(['broadcastTo shape', 'preluSlopeGrad shape'])

interface Change {
  readonly what: string
  readonly attrs: object
}

/** The attributes of an op with one thing wrong, each way. */
function changes(op: string, attrs: object): Change[] {
  return Object.entries(attrs).flatMap(([name, value]) => {
    const others = (wrong: unknown): Change => ({
      what: `${name} ${String(wrong)}`,
      attrs: { ...attrs, [name]: wrong },
    })
    if (!Array.isArray(value)) return wrongFor(name, value).map(others)
    const twice = name === 'axes' ? [...value, ...value.slice(0, 1)] : [...value, 2]
    const surplus = value.length > 0 && !LISTS.has(`${op} ${name}`) ? [others(twice)] : []
    const entries = value.flatMap((entry, i) =>
      wrongFor(name, entry).map(wrong => others(value.with(i, wrong))),
    )
    return [...WRONG.filter(wrong => !Array.isArray(wrong)).map(others), ...surplus, ...entries]
  })
}

function wrongFor(name: string, value: unknown): readonly unknown[] {
  if (typeof value !== 'number') return WRONG
  if (REAL.has(name)) return WRONG.filter(wrong => typeof wrong !== 'number' || Number.isNaN(wrong))
  // Any integer is a seed.
  return [...WRONG, ...NO_INTEGER].filter(wrong => name !== 'seed' || !Number.isSafeInteger(wrong))
}

const named = OPS.filter(op => Object.keys(attrsOf(op)).length > 0)

function attrsOf(op: OpSpec): object {
  return drawCase(op, new Generator(0), { backend: reference }).attrs
}

describe('an attribute that is none is an error that names the op', () => {
  it.each(named.map(op => [op.name, op] as const))('%s', (_, op) => {
    check(
      fc.property(seeds(), seed => {
        const { inputs, attrs } = drawCase(op, new Generator(seed), { backend: reference })
        for (const change of changes(op.name, attrs)) {
          expect(() => apply(op, inputs, change.attrs), change.what).toThrow(new RegExp(`^${op.name}: `))
        }
      }),
      10,
    )
  })

  it('every op that has attributes says what they may be', () => {
    for (const op of named) {
      expect(Object.keys(op.attrs ?? {}), op.name).toEqual(expect.arrayContaining(Object.keys(attrsOf(op))))
    }
  })
})
