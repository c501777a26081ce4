import { distance } from 'fastest-levenshtein'

/**
 * Checks of arguments, for users of plain JavaScript too: every error reads `op: expected X, got Y`. What a type
 * forbids is checked all the same, since nothing else tells a number from a list at run time.
 */

/**
 * The names of the options of T, complete by its type: what `checkOptions` is told. A list holds the names that other
 * libraries have for the option, for its error to know them.
 */
export type OptionNames<T extends object> = Readonly<Record<keyof T, true | readonly string[]>>

/** Throws unless `options` is undefined or an object, all of whose names are known; the error names the nearest. */
export function checkOptions<T extends object>(
  op: string,
  options: T | undefined,
  known: OptionNames<T>,
): void {
  if (options === undefined) return
  if (!isRecord(options)) throw refusedOptions(op, options, known)
  for (const name in options) {
    const found: unknown = known[name as keyof T]
    if (found === true || Array.isArray(found)) continue
    const meant = elsewhere(name, known) ?? nearest(name, Object.keys(known))
    const hint = meant === undefined ? `, known: ${listed(known) || 'none'}` : `, did you mean ${meant}?`
    throw new Error(`${op}: there is no option ${name}${hint}`)
  }
}

/** Those of the options that are given and `known`, for a part that takes no others. */
export function chosen<T extends object, N extends keyof T>(
  options: T,
  known: Readonly<Record<N, unknown>>,
): Pick<T, N> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(known, name))) as Pick<
    T,
    N
  >
}

/** The same of options that must be there. */
export function checkGiven<T extends object>(op: string, options: T, known: OptionNames<T>): void {
  if (!isRecord(options)) throw refusedOptions(op, options, known)
  checkOptions(op, options, known)
}

const refusedOptions = <T extends object>(op: string, options: unknown, known: OptionNames<T>): Error =>
  refusal(op, `options as an object, { ${listed(known)} },`, options)

/** Throws unless `value` is an integer from `low` to `high`. */
export function checkInteger(
  op: string,
  name: string,
  value: unknown,
  low = Number.MIN_SAFE_INTEGER,
  high = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high) return
  const range =
    high === Number.MAX_SAFE_INTEGER
      ? low === Number.MIN_SAFE_INTEGER
        ? ''
        : ` >= ${low}`
      : ` from ${low} to ${high}`
  throw refusal(op, `${name} as an integer${range}`, value)
}

/** Throws unless all sizes are integers of at least 1. */
export function checkSizes(op: string, sizes: Readonly<Record<string, unknown>>): void {
  for (const [name, n] of Object.entries(sizes)) checkInteger(op, name, n, 1)
}

/** Throws unless `value` is a number from `low` to `high`, and so no NaN. */
export function checkNumber(
  op: string,
  name: string,
  value: unknown,
  low = -Infinity,
  high = Infinity,
): asserts value is number {
  if (typeof value === 'number' && value >= low && value <= high) return
  const above = low <= -Number.MAX_VALUE ? '' : ` >= ${low}`
  const range =
    high < Number.MAX_VALUE ? ` from ${low} to ${high}` : high < Infinity ? `${above} that is finite` : above
  throw refusal(op, `${name} as a number${range}`, value)
}

/** Throws unless `value` is a finite number above 0, or with `orZero` at least 0. */
export function checkFinite(
  op: string,
  name: string,
  value: unknown,
  { orZero = false } = {},
): asserts value is number {
  if (typeof value === 'number' && (value > 0 || (orZero && value === 0)) && value < Infinity) return
  throw new Error(`${op}: ${name} is a finite number ${orZero ? '>=' : '>'} 0, got ${shown(value)}`)
}

/** Throws unless `value` is true or false. */
export function checkFlag(op: string, name: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw refusal(op, `${name} as true or false`, value)
}

/** Throws unless `value` is one of `names`; the error names them. */
export function checkName(op: string, name: string, value: unknown, names: readonly string[]): void {
  if (names.includes(value as string)) return
  throw refusal(op, `${name} as one of ${names.join(', ')}`, value)
}

/** Throws when anything was given after the arguments that `op` takes; `form` shows them. */
export function checkNoMore(op: string, surplus: readonly unknown[], form: string): void {
  if (surplus.length > 0) throw refusal(op, `nothing more than in ${form}`, surplus[0])
}

export function checkFunction(op: string, name: string, value: unknown): void {
  if (typeof value !== 'function') throw refusal(op, `${name} as a function`, value)
}

/** Throws unless `value` is a list, of `count` entries where that is given; `form` shows one. */
export function checkList(
  op: string,
  name: string,
  value: unknown,
  form: string,
  count?: number,
): asserts value is readonly unknown[] {
  if (Array.isArray(value) && (count === undefined || value.length === count)) return
  throw refusal(op, `${name} as a list, ${form},`, value)
}

/**
 * Throws on a promise as what `f`, or the function of that `name`, gives. Its own failure, which follows where memory is gone that
 * it goes on to use, is then no one's to hear: this error says enough, and an unheard one would end the process.
 */
export function checkSynchronous(op: string, result: unknown, name = 'f'): void {
  if (!(result instanceof Promise)) return
  result.catch(() => undefined)
  throw new Error(`${op}: ${name} is synchronous, got a Promise`)
}

/** The error of a value that is not what `op` expects. */
export const refusal = (op: string, expected: string, got: unknown): Error =>
  new Error(`${op}: ${expected} expected, got ${shown(got)}`)

/** A value as errors show it: its text where that tells what it is, else its kind. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return `the function ${value.name || '(unnamed)'}`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Promise) return 'a Promise (await it)'
  if (Array.isArray(value)) {
    const inside = value.slice(0, 4).map(item => (Array.isArray(item) ? '[..]' : shown(item)))
    return `[${inside.join(', ')}${value.length > 4 ? ', ..' : ''}]`
  }
  const kind = value.constructor?.name
  if (kind !== undefined && kind !== 'Object') return `a ${kind}`
  return `{ ${Object.keys(value).slice(0, 4).join(', ')} }`
}

/** The same, of what should be a name: text as it is. */
export const shownName = (value: unknown): string => (typeof value === 'string' ? value : shown(value))

/** The known name that `name` most likely stands for; undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const near = known
    .map(other => {
      const [a, b] = [plain(name), plain(other)]
      const begins = a.length > 2 && b.length > 2 && (a.startsWith(b) || b.startsWith(a))
      return {
        other,
        far: begins ? 0 : edits(a, b),
        allowed: begins ? 0 : Math.max(a.length, b.length) / 3,
      }
    })
    .filter(({ far, allowed }) => far <= allowed)
  return near.sort((a, b) => a.far - b.far)[0]?.other
}

/** Letters to change, add or leave out between the two; two neighbours that changed places are one. */
const edits = (a: string, b: string): number =>
  Math.min(
    distance(a, b),
    ...Array.from(
      a.slice(1),
      (_, i) => 1 + distance(`${a.slice(0, i)}${a[i + 1]}${a[i]}${a.slice(i + 2)}`, b),
    ),
  )

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')

/** The option that is called so elsewhere, or here but for capitals. */
function elsewhere(name: string, known: Readonly<Record<string, unknown>>): string | undefined {
  const same = (other: unknown): boolean => typeof other === 'string' && plain(other) === plain(name)
  const options = Object.keys(known)
  return options.find(same) ?? options.find(option => [known[option]].flat().some(same))
}

const listed = (known: object): string => Object.keys(known).join(', ')

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
