import { checkPixels, type StoredImage } from '../image.ts'
import { orientationOf } from '../orientation.ts'
import { type Header, readChunks } from './chunks.ts'
import { bytesOfPasses, inflated, type Pass, passesOf, unfilter } from './scanlines.ts'

/**
 * A PNG's colours, and how its eXIf chunk turns it. Of 1, 2, 4 and 16 bits a sample v becomes the nearest of v 255 / (2^bits - 1).
 * Alpha, and what tRNS declares transparent, changes no colour. Throws on more than `maxPixels` before memory is taken for
 * them, and when the data unpacks to more or less than the declared size.
 */
export function decodePng(bytes: Uint8Array, maxPixels: number): StoredImage {
  const chunks = readChunks(bytes, ({ height, width }) => checkPixels(height, width, maxPixels))
  const { header, palette, data, exif } = chunks
  const { height, width, depth, color } = header
  const passes = passesOf(header)
  const raw = inflated(data, bytesOfPasses(passes))
  const rgb = new Uint8Array(3 * height * width)
  let at = 0
  for (const pass of passes) {
    unfilter(raw, at, pass.height, pass.line, Math.max(1, (depth * color.samples) >> 3))
    const next = at + pass.height * (1 + pass.line)
    writePass(raw.subarray(at, next), pass, header, palette, rgb)
    at = next
  }
  return { height, width, rgb, orientation: orientationOf(exif) }
}

/** Writes a pass's pixels where they belong. */
function writePass(raw: Uint8Array, pass: Pass, header: Header, palette: Uint8Array, rgb: Uint8Array): void {
  const { depth, color, width } = header
  const [red, green, blue] = color.indexed ? [0, 1, 2] : color.rgb
  const samples = new Uint8Array(pass.width * color.samples)
  for (let row = 0; row < pass.height; row++) {
    const line = raw.subarray(row * (1 + pass.line) + 1, (row + 1) * (1 + pass.line))
    const bytes = depth === 8 ? line : toBytes(line, depth, color.indexed, samples)
    const from = color.indexed ? palette : bytes
    let to = 3 * ((pass.y + row * pass.dy) * width + pass.x)
    for (let i = 0; i < pass.width; i++, to += 3 * pass.dx) {
      const at = color.indexed ? 3 * bytes[i] : i * color.samples
      if (at >= from.length) throw new Error(`colour ${bytes[i]} of ${palette.length / 3}`)
      rgb[to] = from[at + red]
      rgb[to + 1] = from[at + green]
      rgb[to + 2] = from[at + blue]
    }
  }
}

/** A row's samples of 16, 4, 2 or 1 bits as bytes: the nearest of 0..255, or as they are where they are indices. */
function toBytes(line: Uint8Array, depth: number, indices: boolean, bytes: Uint8Array): Uint8Array {
  if (depth === 16) {
    for (let i = 0; i < bytes.length; i++) bytes[i] = (256 * line[2 * i] + line[2 * i + 1] + 128) / 257
    return bytes
  }
  const [most, each] = [2 ** depth - 1, 8 / depth]
  const scale = indices ? 1 : 255 / most
  for (let i = 0; i < bytes.length; i++) {
    const shift = 8 - depth * (1 + (i % each))
    bytes[i] = ((line[(i / each) | 0] >> shift) & most) * scale
  }
  return bytes
}
