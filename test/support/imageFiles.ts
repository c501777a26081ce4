import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import jpeg from 'jpeg-js'
import { PNG } from 'pngjs'

type Color = readonly [number, number, number]
/** The colour at row y and column x. */
export type Paint = (y: number, x: number) => Color

const pixels = (height: number, width: number, paint: Paint): Buffer =>
  Buffer.from(
    Array.from({ length: height * width }, (_, i) => [
      ...paint(Math.floor(i / width), i % width),
      255,
    ]).flat(),
  )

export function pngOf(height: number, width: number, paint: Paint): Buffer {
  const png = new PNG({ height, width })
  png.data = pixels(height, width, paint)
  return PNG.sync.write(png)
}

export const jpegOf = (height: number, width: number, paint: Paint, quality = 95): Buffer =>
  jpeg.encode({ height, width, data: pixels(height, width, paint) }, quality).data

export function write(path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
