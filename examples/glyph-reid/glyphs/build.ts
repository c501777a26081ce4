import { assemble } from './assemble.ts'
import { type Drawing, drawFace, type Skipped } from './draw.ts'
import type { GlyphSet } from './glyphSet.ts'
import type { Source } from './sources.ts'

export interface Built {
  readonly set: GlyphSet
  readonly skipped: Skipped
}

/** Draws, cleans and labels every face. `report` hears how many faces and glyphs are done. */
export function build(
  sources: readonly Source[],
  report: (faces: number, glyphs: number) => void = () => {},
): Built {
  const skipped: Skipped = { files: new Map(), glyphs: 0 }
  const drawings: Drawing[] = []
  for (const [i, source] of sources.entries()) {
    for (const drawing of drawFace(source, skipped)) drawings.push(drawing)
    report(i + 1, drawings.length)
  }
  return { set: assemble(drawings), skipped }
}
