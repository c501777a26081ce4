import { generator } from '../../engine/index.ts'
import type { GlyphSet } from '../../examples/glyph-reid/glyphs/glyphSet.ts'
import { PIXELS } from '../../examples/glyph-reid/raster/glyph.ts'
import { completed, jobsOf, command as makeCommand } from '../../examples/glyph-reid/train/options.ts'
import { partsOf } from '../../examples/glyph-reid/train/parts.ts'
import type { Job, Run } from '../../examples/glyph-reid/train/results.ts'
import { randomSet } from './support/randomSet.ts'

/** A small set that can be learned: an identity has a pattern of its own, its images are that with noise. */
export function patternSet(): GlyphSet {
  const set = randomSet({ identities: 60, families: 60, facesEach: 2, seed: 1 })
  const images = new Uint8Array(set.images.length)
  for (let i = 0; i < set.identity.length; i++) {
    const [pattern, noise] = [generator(set.identity[i]), generator(1000 + i)]
    for (let k = 0; k < PIXELS; k++) {
      images[i * PIXELS + k] = Math.round(pattern.uniform(0, 200) + noise.uniform(0, 55))
    }
  }
  return { ...set, images }
}

export const parse = (line: string) =>
  completed(
    makeCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parse(line.split(' ').filter(Boolean), { from: 'user' }),
  )

/** The jobs of a command line on that set. */
export function jobsFor(set: GlyphSet, line: string): Job[] {
  const options = parse(line)
  return jobsOf(options, partsOf(set, options).train.length)
}

/** A run but for its times. */
export const timeless = (run: Run): unknown => ({ ...run, seconds: 0, trainSeconds: 0 })
