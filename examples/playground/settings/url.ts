import { closest } from 'fastest-levenshtein'
import { LOSSES } from '../../../losses/index.ts'
import { partsOf } from '../../page/names.ts'
import { expectedBy, type Field, parseValue, type Value } from './field.ts'
import type { Settings, Shared, Side } from './settings.ts'
import { SHARED_DEFAULTS, SHARED_FIELDS } from './sharedFields.ts'
import { DEFAULT_LOSSES, defaultSide, MARGIN_NAMES, sideFields } from './sideFields.ts'

export const SIDES = ['left', 'right'] as const

/** The losses that the page offers: every margin, over learned prototypes and over class centres. */
export const LOSS_NAMES: readonly string[] = LOSSES.map(row => row.name).filter(name =>
  MARGIN_NAMES.includes(partsOf(name).family),
)

/** Settings as an address holds them: what differs from the defaults. `left.m` is the margin of the left side. */
export function toQuery({ shared, sides }: Settings): string {
  const query = new URLSearchParams()
  const write = (prefix: string, values: Readonly<Record<string, Value>>, plain: object): void => {
    const defaults = plain as Readonly<Record<string, Value>>
    for (const [name, value] of Object.entries(values)) {
      if (value !== defaults[name]) query.set(prefix + name, String(value))
    }
  }
  write('', { ...shared }, SHARED_DEFAULTS)
  for (const [i, { loss, options }] of sides.entries()) {
    if (loss !== DEFAULT_LOSSES[i]) query.set(SIDES[i], loss)
    write(`${SIDES[i]}.`, options, defaultSide(loss, options.estimator).options)
    if (options.estimator !== defaultSide(loss).options.estimator) {
      query.set(`${SIDES[i]}.estimator`, String(options.estimator))
    }
  }
  return query.toString()
}

/** The settings of an address; what it says wrongly is told in `problems`, and the default stands instead. */
export function fromQuery(text: string): { settings: Settings; problems: readonly string[] } {
  const query = new URLSearchParams(text)
  const known = new Set<string>()
  const problems: string[] = []
  const read = (name: string, field: Field, fallback: Value): Value => {
    known.add(name)
    const given = query.get(name)
    if (given === null) return fallback
    const value = parseValue(field, given)
    if (value === undefined) problems.push(`${name}: ${expectedBy(field)} expected, got ${given}`)
    return value ?? fallback
  }
  const shared = Object.fromEntries(
    SHARED_FIELDS.map(field => [
      field.name,
      read(field.name, field, SHARED_DEFAULTS[field.name as keyof Shared]),
    ]),
  ) as unknown as Shared
  const sides = SIDES.map((name, i): Side => {
    known.add(name)
    const given = query.get(name) ?? DEFAULT_LOSSES[i]
    if (!LOSS_NAMES.includes(given)) {
      problems.push(`${name}: a loss expected, got ${given}; is it ${closest(given, LOSS_NAMES)}?`)
    }
    const loss = LOSS_NAMES.includes(given) ? given : DEFAULT_LOSSES[i]
    const estimator = sideFields(loss).find(field => field.name === 'estimator')
    const chosen = estimator && read(`${name}.estimator`, estimator, defaultSide(loss).options.estimator)
    const plain = defaultSide(loss, chosen)
    const options = sideFields(loss, chosen).map(field => [
      field.name,
      read(`${name}.${field.name}`, field, plain.options[field.name]),
    ])
    return { loss, options: Object.fromEntries(options) }
  })
  for (const name of new Set(query.keys())) if (!known.has(name)) problems.push(`${name}: no such setting`)
  return { settings: { shared, sides: [sides[0], sides[1]] }, problems: [...new Set(problems)] }
}
