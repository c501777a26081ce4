import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { writeWhole } from '../../../models/node/writeWhole.ts'
import { PIXELS } from '../raster/glyph.ts'
import { hashOf } from './assemble.ts'
import { CACHE, LOCK } from './folders.ts'
import type { GlyphSet } from './glyphSet.ts'

/** One more whenever the code that builds the set changes what comes out. */
const VERSION = 1

/** index.json: names, and what set.bin holds. */
interface Index extends Pick<GlyphSet, 'identities' | 'families' | 'faces' | 'hash'> {
  readonly version: number
  /** SHA-256 of the lock file that names the fonts. */
  readonly fonts: string
  readonly images: number
}

const LABELS = ['identity', 'family', 'face', 'character'] as const

export interface Place {
  readonly folder: string
  readonly lock: string
}

const HERE: Place = { folder: CACHE, lock: LOCK }

/** Writes set.bin, deflated (pixels, then four int32 a image), and last index.json, which makes it count. */
export function writeCache(set: GlyphSet, { folder, lock }: Place = HERE): void {
  const bytes = Buffer.concat([set.images, ...LABELS.map(label => bytesOf(set[label]))])
  writeWhole(join(folder, 'set.bin'), deflateRawSync(bytes, { level: 1 }))
  const { identities, families, faces, hash } = set
  const head = { version: VERSION, fonts: fontsOf(lock), hash, images: set.identity.length }
  writeWhole(
    join(folder, 'index.json'),
    JSON.stringify({ ...head, families, faces, identities } satisfies Index),
  )
}

/** The set as it was written; a word where there is none: not there, out of date, or damaged. */
export function readCache({ folder, lock }: Place = HERE): GlyphSet | string {
  try {
    const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Index
    if (index.version !== VERSION || index.fonts !== fontsOf(lock))
      return 'made of other fonts or by other code'
    const set = unpack(index, inflateRawSync(readFileSync(join(folder, 'set.bin'))))
    return hashOf(set) === index.hash ? set : 'damaged'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not there' : 'damaged'
  }
}

function unpack({ images: n, identities, families, faces, hash }: Index, packed: Buffer): GlyphSet {
  // A copy of its own, so that int32 views begin where they must.
  const bytes = new Uint8Array(packed).buffer
  const [identity, family, face, character] = LABELS.map(
    (_, i) => new Int32Array(bytes, n * (PIXELS + 4 * i), n),
  )
  const images = new Uint8Array(bytes, 0, n * PIXELS)
  return { images, identity, family, face, character, identities, families, faces, hash }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

const fontsOf = (lock: string): string => createHash('sha256').update(readFileSync(lock)).digest('hex')
