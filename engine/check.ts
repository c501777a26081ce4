import { distance } from 'fastest-levenshtein'

/**
 * Checks of arguments, for users of plain JavaScript too: every error reads `op: expected X, got Y`. What a type
 * forbids is checked all the same, since nothing else tells a number from a list at run time.
 */

/** The names of the options of T, complete by its type: what `checkOptions` is told. */
export type OptionNames<T extends object> = Readonly<Record<keyof T, true>>

/** Throws unless `options` is undefined or an object, all of whose names are known; the error names the nearest. */
export function checkOptions<T extends object>(
  op: string,
  options: T | undefined,
  known: OptionNames<T>,
): void {
  if (options === undefined) return
  if (!isRecord(options)) {
    throw new Error(`${op}: options as an object, { ${listed(known)} }, expected, got ${shown(options)}`)
  }
  for (const name in options) {
    if (Object.hasOwn(known, name)) continue
    const meant = nearest(name, Object.keys(known))
    const hint = meant === undefined ? `, known: ${listed(known) || 'none'}` : `, did you mean ${meant}?`
    throw new Error(`${op}: there is no option ${name}${hint}`)
  }
}

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
  throw new Error(`${op}: ${name} as an integer${range} expected, got ${shown(value)}`)
}

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

/** The known name that `name` most likely stands for; undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  const near = known
    .map(other => {
      const [a, b] = [plain(name), plain(other)]
      const begins = a.length > 2 && b.length > 2 && (a.startsWith(b) || b.startsWith(a))
      return {
        other,
        far: begins ? 0 : distance(a, b),
        allowed: begins ? 0 : Math.max(a.length, b.length) / 3,
      }
    })
    .filter(({ far, allowed }) => far <= allowed)
  return near.sort((a, b) => a.far - b.far)[0]?.other
}

const listed = (known: object): string => Object.keys(known).join(', ')

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
