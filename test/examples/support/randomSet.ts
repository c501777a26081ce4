import { hashOf } from '../../../examples/glyph-reid/glyphs/assemble.ts'
import type { GlyphSet } from '../../../examples/glyph-reid/glyphs/glyphSet.ts'
import { hash } from '../../../examples/glyph-reid/glyphs/hash.ts'
import { PIXELS } from '../../../examples/glyph-reid/raster/glyph.ts'

export interface RandomSet {
  readonly identities: number
  readonly families: number
  readonly facesEach: number
  readonly seed: number
}

/** A made-up set: identity k is in every family whose hash allows it, the later identities in fewer. */
export function randomSet({ identities, families, facesEach, seed }: RandomSet): GlyphSet {
  const faces = Array.from({ length: families * facesEach }, (_, f) => {
    const family = `family-${Math.floor(f / facesEach)}`
    const style = f % facesEach
    return { name: `${family}/${style}`, family, plainness: 1 as const, representative: style === 0 }
  })
  const rows: { identity: number; face: number }[] = []
  for (let identity = 0; identity < identities; identity++) {
    for (const [face, { name }] of faces.entries()) {
      if (hash(`${seed} ${identity} ${name}`) < 1 - identity / identities) rows.push({ identity, face })
    }
  }
  const set = {
    images: new Uint8Array(rows.length * PIXELS).map((_, i) => (i * (seed + 7)) & 255),
    identity: Int32Array.from(rows, r => r.identity),
    family: Int32Array.from(rows, r => Math.floor(r.face / facesEach)),
    face: Int32Array.from(rows, r => r.face),
    character: Int32Array.from(rows, r => 0x4e00 + r.identity),
    identities: Array.from({ length: identities }, (_, i) => ({
      codePoint: 0x4e00 + i,
      name: String.fromCodePoint(0x4e00 + i),
    })),
    families: Array.from({ length: families }, (_, i) => `family-${i}`),
    faces,
  }
  return { ...set, hash: hashOf(set) }
}
