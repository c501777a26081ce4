import { checkOptions } from '../../engine/check.ts'
import { checkAtLeast0 } from '../optim/groups.ts'
import type { Augmentation } from './augmentation.ts'

/**
 * z[h,w] = x[h - dy, w - dx], dy and dx whole pixels, each uniform in -most..most; 0 where nothing comes from.
 * Throws unless `most` is an integer >= 0.
 */
export function shift(options: { most?: number } = {}): Augmentation {
  checkOptions('shift', options, { most: true })
  const { most = 2 } = options
  checkAtLeast0('shift', { most })
  if (!Number.isInteger(most)) throw new Error(`shift: most is a number of whole pixels, got ${most}`)
  return (image, [height, width, channels], rng) => {
    const [dy, dx] = [rng.integer(-most, most), rng.integer(-most, most)]
    const before = image.slice()
    image.fill(0)
    if (Math.abs(dx) >= width) return
    const [left, right] = [Math.max(0, dx), Math.min(width, width + dx)]
    for (let h = Math.max(0, dy); h < Math.min(height, height + dy); h++) {
      const from = (h - dy) * width + left - dx
      const row = before.subarray(from * channels, (from + right - left) * channels)
      image.set(row, (h * width + left) * channels)
    }
  }
}
