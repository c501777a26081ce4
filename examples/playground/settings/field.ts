export type Value = number | string | boolean

interface Base {
  /** Its name in an address. */
  readonly name: string
  readonly label: string
  /** A few words on what it is, units included. */
  readonly hint: string
}

/** A number on the grid min, min + step, .. max. */
export interface NumberField extends Base {
  readonly kind: 'number'
  readonly min: number
  readonly max: number
  readonly step: number
  /** Typed in, where there are too many for a slider. */
  readonly typed?: true
}

export interface ChoiceField extends Base {
  readonly kind: 'choice'
  readonly choices: readonly (readonly [value: number | string, label: string])[]
}

export interface SwitchField extends Base {
  readonly kind: 'switch'
}

/** One setting: what it may be, and how a person is asked for it. */
export type Field = NumberField | ChoiceField | SwitchField

/** What a field accepts, for a message. */
export function expectedBy(field: Field): string {
  if (field.kind === 'switch') return 'true or false'
  if (field.kind === 'choice') return `one of ${field.choices.map(([value]) => value).join(', ')}`
  const { min, max, step } = field
  return `${step === 1 ? 'an integer' : `a multiple of ${step}`} from ${min} to ${max}`
}

/** The value that a text stands for, or undefined where the field does not accept it. */
export function parseValue(field: Field, text: string): Value | undefined {
  if (field.kind === 'switch') return text === 'true' ? true : text === 'false' ? false : undefined
  if (field.kind === 'choice') return field.choices.find(([value]) => String(value) === text)?.[0]
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value >= field.min && value <= field.max)) return undefined
  const places = decimals(field.step)
  // 0.1 + 0.2 is no multiple of 0.1 to the last bit; the nearest number of as many places is the one that is meant.
  const rounded = Number((Math.round(value / field.step) * field.step).toFixed(places))
  return Math.abs(rounded - value) < 1e-9 ? rounded : undefined
}

/** As people read it. */
export function formatValue(field: Field, value: Value): string {
  return field.kind === 'number' ? Number(value).toFixed(decimals(field.step)) : String(value)
}

const decimals = (step: number): number => String(step).split('.')[1]?.length ?? 0
