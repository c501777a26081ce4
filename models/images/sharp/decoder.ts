import { createRequire } from 'node:module'
import { checkName } from '../../../engine/check.ts'
import { SharpThread } from './thread.ts'

/** Who decodes: the package sharp, or this library alone. */
export type Decoder = 'sharp' | 'builtin'
export type DecoderOption = Decoder | 'auto'

const OPTIONS: readonly DecoderOption[] = ['auto', 'sharp', 'builtin']

/** Where the package sharp is; undefined where it is not installed. */
function sharpPath(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('sharp')
  } catch {
    return undefined
  }
}

/**
 * Which decoder an option stands for: `auto` is sharp wherever it is installed, and this library's own decoder elsewhere.
 * Throws on `sharp` where it is not.
 */
export const imageDecoder = (option: DecoderOption = 'auto'): Decoder => decoderFor('imageDecoder', option)

/** The same for the option `decoder` of another function, which errors name. */
export function decoderFor(op: string, option: DecoderOption = 'auto'): Decoder {
  checkName(op, 'decoder', option, OPTIONS)
  if (option === 'builtin') return 'builtin'
  if (sharpPath() !== undefined) return 'sharp'
  if (option === 'auto') return 'builtin'
  throw new Error(`${op}: decoder 'sharp' needs the package of that name: npm install sharp`)
}

let thread: SharpThread | undefined

/** The thread that decodes, started once. Throws, whatever the option was, when sharp is installed and does not load. */
export function sharpThread(): SharpThread {
  try {
    thread ??= new SharpThread(sharpPath()!)
    return thread
  } catch (error) {
    const reason = `sharp is installed and does not load: ${(error as Error).message}`
    throw new Error(`imageDecoder: ${reason}\n(decoder: 'builtin' reads PNG and JPEG without it)`)
  }
}
