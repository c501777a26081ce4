import { readFileSync } from 'node:fs'
import { type Tensor, tensor } from '../../engine/index.ts'
import { decodeImage } from './decode.ts'
import { resize } from './resize.ts'

export interface ImageOptions {
  /** The size that images are brought to. Default: they must all be of the first one's. */
  readonly size?: { readonly height: number; readonly width: number }
  /** 3, red, green and blue (the default), or 1: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). */
  readonly channels?: 1 | 3
  /** Called after each file with the number of those done. */
  readonly onProgress?: (done: number) => void
}

/**
 * The images of PNG and JPEG files, each value over 255.  files[N] -> [N,height,width,channels] in 0..1
 * Throws, with the file, when one is missing, is neither, breaks off, or is of another size and none is asked for.
 */
export function readImages(
  files: readonly string[],
  { size, channels = 3, onProgress }: ImageOptions = {},
): Tensor {
  if (files.length === 0) throw new Error('readImages: at least one file expected, got 0')
  let [height, width] = [size?.height ?? 0, size?.width ?? 0]
  let values = new Float32Array(0)
  files.forEach((file, n) => {
    const image = decodeImage(readBytes(file), file)
    if (n === 0) {
      if (size === undefined) [height, width] = [image.height, image.width]
      values = new Float32Array(files.length * height * width * channels)
    }
    if (size === undefined && (image.height !== height || image.width !== width)) {
      const got = `${image.height} x ${image.width}`
      throw new Error(
        `readImages: ${file}: ${height} x ${width}, as the first, or a size expected, got ${got}`,
      )
    }
    const rgb = resize(image, height, width)
    values.set(channels === 3 ? rgb.map(v => v / 255) : grey(rgb), n * height * width * channels)
    onProgress?.(n + 1)
  })
  return tensor(values, { shape: [files.length, height, width, channels] })
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new Error(`readImages: a file expected at ${file}, got ${(error as NodeJS.ErrnoException).code}`)
  }
}

const grey = (rgb: Float32Array): Float32Array =>
  Float32Array.from(
    { length: rgb.length / 3 },
    (_, i) => (0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2]) / 255,
  )
