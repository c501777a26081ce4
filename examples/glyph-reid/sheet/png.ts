import { PNG } from 'pngjs'

/** A grey picture, [height, width], as PNG. */
export function greyPng(pixels: Uint8Array, width: number, height: number): Buffer {
  const picture = Object.assign(new PNG({ width, height }), { data: Buffer.from(pixels) })
  return PNG.sync.write(picture, { colorType: 0, inputColorType: 0, inputHasAlpha: false })
}
