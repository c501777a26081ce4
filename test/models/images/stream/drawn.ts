import { join } from 'node:path'
import { generator } from '../../../../engine/index.ts'
import { decodeImage } from '../../../../models/images/index.ts'
import { jpegOf, type Paint, pngOf, write } from '../../../support/imageFiles.ts'

export const FORM = { height: 12, width: 10 }

const painted = (seed: number): Paint => {
  const rng = generator(seed)
  const [a, b, c] = [rng.integer(0, 255), rng.integer(1, 20), rng.integer(1, 20)]
  return (y, x) => [(a + b * x) % 256, (a + c * y) % 256, (b * y + c * x) % 256]
}

export interface DrawnFiles {
  readonly files: string[]
  readonly y: Int32Array
  /** What is in them, one image after another. */
  readonly pixels: Uint8Array
}

/** Files of n images of `FORM`, JPEG and PNG by turns. */
export function drawnFiles(folder: string, n: number): DrawnFiles {
  const files = Array.from({ length: n }, (_, i) => join(folder, `${i}.${i % 3 === 0 ? 'png' : 'jpg'}`))
  const encoded = files.map((_, i) => (i % 3 === 0 ? pngOf : jpegOf)(FORM.height, FORM.width, painted(i)))
  files.forEach((file, i) => {
    write(file, encoded[i])
  })
  const pixels = Buffer.concat(encoded.map(bytes => decodeImage(bytes).rgb))
  return { files, y: Int32Array.from(files, (_, i) => i % 4), pixels }
}
