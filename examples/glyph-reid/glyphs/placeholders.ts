import type { Drawing } from './draw.ts'

/** More characters than any honest glyph stands for. */
const MOST = 12

/** The drawings without boxes that stand for missing characters: one image for more than 12 characters of a face. */
export function withoutPlaceholders(drawings: readonly Drawing[]): Drawing[] {
  const characters = new Map<string, number>()
  for (const { look } of drawings) characters.set(look, (characters.get(look) ?? 0) + 1)
  return drawings.filter(({ look }) => characters.get(look)! <= MOST)
}
