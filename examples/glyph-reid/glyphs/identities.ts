import type { Groups } from './confusables.ts'
import type { Drawing } from './draw.ts'

/** An identity of one family only can be no other family's match. */
const LEAST_FAMILIES = 2

/**
 * The drawings of each identity, by its smallest code point, ascending. A look that a face has twice is kept once: of
 * one identity it would be a copy, of two it would bear two labels, and then the first character has it.
 */
export function identitiesOf(drawings: readonly Drawing[], groups: Groups): Map<number, Drawing[]> {
  const seen = new Set<string>()
  const identities = new Map<number, Drawing[]>()
  for (const drawing of drawings) {
    if (seen.has(drawing.look)) continue
    seen.add(drawing.look)
    const name = groups.nameOf(drawing.codePoint)
    const list = identities.get(name) ?? []
    identities.set(name, list)
    list.push(drawing)
  }
  const inSeveral = [...identities].filter(([, list]) => familiesOf(list) >= LEAST_FAMILIES)
  return new Map(inSeveral.sort(([a], [b]) => a - b))
}

const familiesOf = (drawings: readonly Drawing[]): number => new Set(drawings.map(d => d.face.family)).size
