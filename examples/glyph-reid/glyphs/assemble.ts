import { createHash } from 'node:crypto'
import { PIXELS } from '../raster/glyph.ts'
import { confusables } from './confusables.ts'
import type { Drawing } from './draw.ts'
import type { GlyphSet, SetFace } from './glyphSet.ts'
import { identitiesOf } from './identities.ts'
import { withoutPlaceholders } from './placeholders.ts'
import type { Face } from './sources.ts'

/** Cleans the drawings of all faces and labels them. `drawings` stands in the order of faces, then code points. */
export function assemble(drawings: readonly Drawing[]): GlyphSet {
  const faces = facesOf(drawings)
  const representatives = new Set(faces.filter(f => f.representative).map(f => f.name))
  const clean = withoutPlaceholders(drawings)
  const groups = confusables(clean.filter(d => representatives.has(d.face.name)))
  const identities = identitiesOf(clean, groups)
  const rows = [...identities.values()].flat()
  const families = [...new Set(faces.map(f => f.family))]
  const placeOf = new Map(faces.map((f, i) => [f.name, i]))
  const images = new Uint8Array(rows.length * PIXELS)
  for (const [i, row] of rows.entries()) images.set(row.image, i * PIXELS)
  const set = {
    images,
    identity: Int32Array.from([...identities.values()].flatMap((list, i) => list.map(() => i))),
    family: Int32Array.from(rows, d => families.indexOf(d.face.family)),
    face: Int32Array.from(rows, d => placeOf.get(d.face.name)!),
    character: Int32Array.from(rows, d => d.codePoint),
    identities: [...identities.keys()].map(codePoint => ({
      codePoint,
      name: String.fromCodePoint(codePoint),
    })),
    families,
    faces,
  }
  return { ...set, hash: hashOf(set) }
}

/** One hash over pixels, labels and names. Labels are little-endian, as every machine that runs Node has them. */
export function hashOf(set: Omit<GlyphSet, 'hash'>): string {
  const sum = createHash('sha256').update(set.images)
  for (const labels of [set.identity, set.family, set.face, set.character]) sum.update(labels)
  return sum.update(JSON.stringify([set.identities, set.families, set.faces])).digest('hex')
}

/** The faces that drew something; the plainest of a family, the first of several, stands for it. */
function facesOf(drawings: readonly Drawing[]): SetFace[] {
  const faces = [...new Set(drawings.map(d => d.face))]
  const plainest = new Map<string, Face>()
  for (const face of faces) {
    const best = plainest.get(face.family)
    if (best === undefined || face.plainness > best.plainness) plainest.set(face.family, face)
  }
  return faces.map(face => ({ ...face, representative: plainest.get(face.family) === face }))
}
