import { join } from 'node:path'
import { type Generator, generator } from '../../engine/index.ts'
import { jpegOf, type Paint, pngOf, write } from './imageFiles.ts'

/** Stripes: across, down, or both, in colours and at a pitch that the image draws for itself. */
const KINDS = {
  across: (y: number) => y,
  down: (_: number, x: number) => x,
  slanted: (y: number, x: number) => (y + x) * Math.SQRT1_2,
} as const

type Kind = keyof typeof KINDS

function stripes(kind: Kind, rng: Generator): Paint {
  const pitch = rng.uniform(0.5, 1)
  const phase = rng.uniform(0, 6)
  const tint = [rng.uniform(60, 120), rng.uniform(60, 120), rng.uniform(60, 120)]
  return (y, x) => {
    const wave = Math.sin(pitch * KINDS[kind](y, x) + phase)
    const [r, g, b] = tint.map(t => Math.round(128 + t * wave + rng.uniform(-8, 8)))
    return [clamp(r), clamp(g), clamp(b)]
  }
}

const clamp = (v: number): number => Math.min(255, Math.max(0, v))

/**
 * A folder of images as a user has one: `photos/across`, `photos/down` and `photos/slanted`, 40, 24 and 18 images, JPEG
 * and PNG of several sizes, and `new.jpg` beside it, which is one more of `of`.
 */
export function makePhotos(home: string, of: Kind = 'down'): void {
  const rng = generator(0)
  const counts: Record<Kind, number> = { across: 40, down: 24, slanted: 18 }
  for (const [kind, n] of Object.entries(counts) as [Kind, number][]) {
    for (let i = 0; i < n; i++) {
      const [height, width] = [rng.integer(28, 40), rng.integer(28, 40)]
      const encode = i % 2 === 0 ? jpegOf : pngOf
      const name = `${i}.${i % 2 === 0 ? 'jpg' : 'png'}`
      write(join(home, 'photos', kind, name), encode(height, width, stripes(kind, rng)))
    }
  }
  write(join(home, 'new.jpg'), jpegOf(36, 30, stripes(of, rng)))
}
