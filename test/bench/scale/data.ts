import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runAlone } from '../engine/child.ts'
import { type MeasuredCase, NOBODY } from '../engine/measure.ts'
import type { OursOptions } from '../ours/adapter.ts'
import type { Line } from '../report/line.ts'
import type { DecodeOptions, DecodeReport, Spent } from './decode.ts'
import type { EpochReport, EpochsOptions } from './epochs.ts'
import { faces, writeFolder, writeRecordIo } from './faces.ts'

const [EPOCH, DECODED, EPOCHS, WORKERS, BATCH] = [20_000, 2000, 3, 2, 128]

/** Images from disk: what three epochs of them take of memory, and how fast they are decoded. */
export const dataCases = (ours: OursOptions, rounds: number): MeasuredCase[] => [
  epochs('epochs of 20000 112x112x3 from a folder', 'set', writeFolder, ours),
  epochs('epochs of 20000 112x112x3 from a .rec', 'train.rec', writeRecordIo, ours),
  decoding('decode 2000 JPEG 112x112, two threads', ours, Math.min(rounds, 5)),
]

/** A folder for `body`, removed after it. */
async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ir-softmax-bench-'))
  try {
    return await body(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const epochs = (
  name: string,
  file: string,
  write: (path: string, images: readonly Buffer[]) => void,
  ours: OursOptions,
): MeasuredCase => ({
  name,
  measure: () =>
    inFolder(async folder => {
      const path = join(folder, file)
      write(path, await faces(EPOCH))
      const options = { ...ours, path, epochs: EPOCHS, workers: WORKERS, batch: BATCH }
      const reports: EpochReport[] = []
      await runAlone<EpochsOptions, EpochReport, EpochReport>('../scale/epochs.ts', options, report =>
        reports.push(report),
      )
      const last = reports.at(-1)!
      const [rss, rates, waits] = [
        reports.map(({ now }) => now),
        reports.map(({ images, seconds }) => images / seconds),
        reports.map(({ waited }) => waited),
      ]
      const line: Line = {
        name,
        ours_ms: (1000 * last.seconds) / Math.floor(EPOCH / BATCH),
        ...NOBODY,
        rss_max_mib: last.most,
        rss_epochs_mib: rss,
        images_per_second: rates,
        waited_s: waits,
      }
      const text = [
        `at most ${last.most.toFixed(0)} MiB, ${rss.map(mib => mib.toFixed(0)).join(', ')} after each epoch`,
        `${rates.map(rate => rate.toFixed(0)).join(', ')} images/s`,
        `waited ${waits.map(s => s.toFixed(2)).join(', ')} s`,
      ]
      return { lines: [line], text: text.join('; ') }
    }),
})

/** The peers, and what each is. */
const PEERS = {
  'jpeg-js': 'in one thread, to float32',
  sharp: 'as readImages has it, four at once, to float32',
  readImages: 'in one thread, to float32',
  Pillow: 'in two processes, to bytes',
}

const decoding = (name: string, ours: OursOptions, rounds: number): MeasuredCase => ({
  name,
  measure: () =>
    inFolder(async folder => {
      writeFolder(folder, await faces(DECODED))
      const options = { ...ours, path: folder, workers: WORKERS, rounds }
      const report = await runAlone<DecodeOptions, never, DecodeReport>('../scale/decode.ts', options)
      if ('reason' in report.threads) throw new Error(report.threads.reason)
      const own = report.threads
      const lines = Object.keys(PEERS).map(peer => lineOf(name, own, peer, report[peer]))
      const texts = lines.map(({ peer, ratio, processor_ratio, reason }) =>
        ratio === null
          ? `${peer}: ${reason}`
          : `${peer} ${(ratio as number).toFixed(2)} x the time (${(processor_ratio as number).toFixed(2)} x the processors')`,
      )
      return { lines, text: [`${((1000 * DECODED) / own.wall).toFixed(0)} images/s`, ...texts].join('; ') }
    }),
})

function lineOf(name: string, own: Spent, peer: string, theirs: Spent | { reason: string }): Line {
  const line = {
    name,
    ours_ms: own.wall,
    ours_processor_ms: own.processor,
    ...NOBODY,
    peer,
    what: PEERS[peer as keyof typeof PEERS],
  }
  if ('reason' in theirs) return { ...line, reason: theirs.reason }
  return {
    ...line,
    peer_ms: theirs.wall,
    ratio: theirs.wall / own.wall,
    peer_processor_ms: theirs.processor,
    processor_ratio: theirs.processor / own.processor,
  }
}
