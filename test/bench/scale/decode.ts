/**
 * `decode.ts <options as JSON>`: decodes a folder's images by each way in turns, and writes how long the best turn of each took,
 * as a line of JSON; in a process of its own.
 */
import { readFileSync, writeSync } from 'node:fs'
import jpeg from 'jpeg-js'
import { tidy } from '../../../engine/index.ts'
import { decodeSettings } from '../../../models/images/decode.ts'
import { imageFolder, readImages } from '../../../models/images/index.ts'
import { BatchQueue } from '../../../models/images/stream/batchQueue.ts'
import { type OursOptions, setUp } from '../ours/adapter.ts'
import { Pillow } from './pillow.ts'

export interface DecodeOptions extends OursOptions {
  readonly path: string
  readonly workers: number
  readonly rounds: number
}

/** Milliseconds on the clock, and of processors, all threads together. */
export interface Spent {
  readonly wall: number
  readonly processor: number
}

/** Why a way was not taken, in place of its time. */
export type DecodeReport = Readonly<Record<string, Spent | { readonly reason: string }>>

const BATCH = 100

const options = JSON.parse(process.argv[2]) as DecodeOptions
const { path, workers, rounds } = options
setUp(options)
const { files } = imageFolder(path).train
const queue = new BatchQueue(
  { files },
  { height: 112, width: 112, channels: 3 },
  workers,
  decodeSettings('bench', {}),
)
const batches = Array.from({ length: files.length / BATCH }, (_, b) =>
  Array.from({ length: BATCH }, (_, i) => b * BATCH + i),
)
const pillow = new Pillow(path, workers)

const ways: Readonly<Record<string, () => Promise<Spent> | undefined>> = {
  threads() {
    for (let b = 0; b < batches.length; b++) {
      queue.expect(batches.slice(b, b + 5))
      queue.take(batches[b])
    }
    return undefined
  },
  'jpeg-js': () => {
    for (const file of files) {
      const { data } = jpeg.decode(readFileSync(file), { useTArray: true, formatAsRGBA: false })
      Float32Array.from(data, value => value / 255)
    }
    return undefined
  },
  sharp: () => {
    tidy(() => void readImages(files, { decoder: 'sharp' }))
    return undefined
  },
  readImages: () => {
    tidy(() => void readImages(files))
    return undefined
  },
  Pillow: () => pillow.decode(),
}

const best: Record<string, Spent | { reason: string }> = {}
for (let round = 0; round < rounds; round++) {
  for (const [name, way] of Object.entries(ways)) {
    const before = best[name]
    if (before !== undefined && 'reason' in before) continue
    try {
      const spent = await measured(way)
      best[name] = {
        wall: Math.min(before?.wall ?? Infinity, spent.wall),
        processor: Math.min(before?.processor ?? Infinity, spent.processor),
      }
    } catch (error) {
      best[name] = { reason: (error as Error).message }
    }
  }
}
writeSync(1, `${JSON.stringify(best satisfies DecodeReport)}\n`)
pillow.stop()
await queue.close()

async function measured(way: () => Promise<Spent> | undefined): Promise<Spent> {
  const [begin, used] = [performance.now(), process.cpuUsage()]
  const told = await way()
  const { user, system } = process.cpuUsage(used)
  return told ?? { wall: performance.now() - begin, processor: (user + system) / 1000 }
}
