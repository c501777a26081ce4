import { build } from './build.ts'
import { readCache, writeCache } from './cache.ts'
import type { Skipped } from './draw.ts'
import { installFonts, MODULES } from './folders.ts'
import type { GlyphSet } from './glyphSet.ts'
import { buildProgress } from './progress.ts'
import { sourcesIn } from './sources.ts'

export interface LoadOptions {
  /** Build it even if it is there. */
  readonly rebuild?: boolean
  /** Hears what goes on, a line each; by default it goes to standard error. */
  readonly say?: (line: string) => void
}

/**
 * The glyph data set. The first time it installs the fonts and builds it, in about half a minute; afterwards it is read
 * from disk, in about a second, and checked by its hash.
 */
export function loadGlyphs({
  rebuild = false,
  say = line => console.error(line),
}: LoadOptions = {}): GlyphSet {
  const kept = rebuild ? undefined : readCache()
  if (typeof kept === 'object') return kept
  if (kept !== undefined && kept !== 'not there') say(`The set on disk is ${kept}; it is built again.`)
  installFonts(say)
  const sources = sourcesIn(MODULES)
  const progress = buildProgress(process.stderr, sources.length)
  const { set, skipped } = build(sources, progress.update)
  progress.stop()
  for (const line of skippedLines(skipped)) say(line)
  try {
    writeCache(set)
  } catch (error) {
    say(`The set is not kept for the next time: ${(error as Error).message}`)
  }
  return set
}

function skippedLines({ files, glyphs }: Skipped): string[] {
  const lines = [...files].map(([reason, n]) => `Font files skipped: ${n} (${reason})`)
  return glyphs > 0 ? [...lines, `Glyphs skipped: ${glyphs} (broken outlines)`] : lines
}
