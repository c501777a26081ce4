import type { Json } from '../../engine/index.ts'

/** The object that stands as JSON in a text or its UTF-8; `what` and `where` are for the error. */
export function parseObject(
  what: string,
  where: string,
  source: Uint8Array | string,
): Readonly<Record<string, Json>> {
  let value: Json
  try {
    const text =
      typeof source === 'string' ? source : new TextDecoder('utf-8', { fatal: true }).decode(source)
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`${what}: JSON expected in ${where}, got ${(error as Error).message}`, { cause: error })
  }
  if (!isRecord(value)) throw new Error(`${what}: an object in ${where} expected, got ${show(value)}`)
  return value
}

export const isRecord = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value as it stands in an error: its first characters. */
export function show(value: Json | undefined): string {
  try {
    return String(JSON.stringify(value)).slice(0, 80)
  } catch {
    // Parsing takes any depth, printing does not.
    return 'something nested too deep to print'
  }
}
