/** Files like those of a face set: JPEGs of 112 x 112, chroma of half the size, some 7 kB each. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Generator, generator } from '../../../engine/index.ts'
import { imageRecord, recordOf } from '../../support/recordIoFiles.ts'

const SIDE = 112
/** Images of one identity. */
const EACH = 20
/** How many images differ; the files of a large set repeat them. */
const DISTINCT = 500

interface Sharp {
  (pixels: Uint8Array, options: { raw: { width: number; height: number; channels: 3 } }): Sharp
  resize(width: number, height: number, options: { kernel: 'cubic' }): Sharp
  raw(): Sharp
  jpeg(options: { quality: number }): Sharp
  toBuffer(): Promise<Buffer>
}
const sharp: Sharp = createRequire(import.meta.url)('sharp')

/** Soft colours with some noise on them. */
async function face(rng: Generator): Promise<Buffer> {
  const spots = Uint8Array.from({ length: 14 * 14 * 3 }, () => rng.integer(0, 255))
  const small = sharp(spots, { raw: { width: 14, height: 14, channels: 3 } })
  const pixels = await small.resize(SIDE, SIDE, { kernel: 'cubic' }).raw().toBuffer()
  const noisy = Uint8ClampedArray.from(pixels, value => value + 5 * rng.normal())
  const raw = { width: SIDE, height: SIDE, channels: 3 } as const
  return sharp(new Uint8Array(noisy.buffer), { raw }).jpeg({ quality: 92 }).toBuffer()
}

export async function faces(count: number): Promise<Buffer[]> {
  const rng = generator(0)
  const distinct: Buffer[] = []
  for (let i = 0; i < Math.min(count, DISTINCT); i++) distinct.push(await face(rng))
  return Array.from({ length: count }, (_, i) => distinct[i % distinct.length])
}

/** A folder for each identity. */
export function writeFolder(root: string, images: readonly Buffer[]): void {
  images.forEach((image, i) => {
    const folder = join(root, String(Math.floor(i / EACH)).padStart(6, '0'))
    if (i % EACH === 0) mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${i % EACH}.jpg`), image)
  })
}

/** A training set of insightface's form, and its index beside it. */
export function writeRecordIo(path: string, images: readonly Buffer[]): void {
  const file = openSync(path, 'w')
  const lines: string[] = []
  let at = 0
  const write = (key: number, content: Buffer): void => {
    const record = recordOf(content)
    lines.push(`${key}\t${at}`)
    at += writeSync(file, record)
  }
  const end = images.length + 1
  const identities = Math.ceil(images.length / EACH)
  write(0, imageRecord([end, end + identities], 0))
  images.forEach((image, i) => {
    write(i + 1, imageRecord([Math.floor(i / EACH)], i + 1, image))
  })
  for (let k = 0; k < identities; k++) {
    const range = [1 + k * EACH, Math.min(end, 1 + (k + 1) * EACH)]
    write(end + k, imageRecord(range, end + k))
  }
  closeSync(file)
  writeFileSync(path.replace(/\.rec$/, '.idx'), `${lines.join('\n')}\n`)
}
