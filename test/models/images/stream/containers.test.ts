import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type ImageStream,
  imageStream,
  recordIo,
  tarShards,
  verificationBin,
} from '../../../../models/images/index.ts'
import { Batches, type EncodedImages, instances } from '../../../../models/index.ts'
import { pickleOf } from '../../../support/pickles.ts'
import { recAndIdx, trainingRecords } from '../../../support/recordIoFiles.ts'
import { tarOf } from '../../../support/tarFiles.ts'
import { temporaryFolder } from '../../../support/temporaryFolder.ts'
import { values } from '../../training.ts'
import { drawnFiles, FORM } from './drawn.ts'

const folder = temporaryFolder()
const { files, y } = drawnFiles(folder, 16)
const images = files.map(file => readFileSync(file))
const [rec, idx, tar, bin] = ['train.rec', 'train.idx', 'train.tar', 'pairs.bin'].map(name =>
  join(folder, name),
)

// Identities one after another, as such a set has them.
const order = Array.from(y.keys()).sort((a, b) => y[a] - y[b] || a - b)
const written = recAndIdx(
  trainingRecords([0, 1, 2, 3].map(label => ({ label, images: images.filter((_, i) => y[i] === label) }))),
)
writeFileSync(rec, written.rec)
writeFileSync(idx, `${written.lines.join('\n')}\n`)
writeFileSync(
  tar,
  tarOf(
    images.flatMap((body, i) => [
      { name: `${i}.jpg`, body },
      { name: `${i}.cls`, body: Buffer.from(`${y[i]}`) },
    ]),
    'ustar',
  ),
)
const form = { bytes: 'BINBYTES', flags: 'NEWTRUE', memo: 'none', lists: 'APPENDS', tuple: 'TUPLE2' } as const
writeFileSync(bin, pickleOf(images, Array(8).fill(true), form))

describe('containers', () => {
  test.each<[string, () => EncodedImages]>([
    ['recordIo', () => recordIo(rec)],
    ['tarShards', () => tarShards([tar])],
    ['verificationBin', () => verificationBin(bin, { folds: 2 }).images],
  ])('%s reads at once what it reads later', async (_, open) => {
    const source = open()
    for (let i = 0; i < source.length; i++) expect(source.readNow!(i)).toEqual(await source.read(i))
    expect(() => source.readNow!(source.length)).toThrow('i as an integer from 0 to 15 expected, got 16')
    await source.close()
    expect(() => source.readNow!(0)).toThrow('closed')
  })

  test('stream as the files in them do', async () => {
    const list = { files: order.map(i => files[i]), y: order.map(i => y[i]) }
    const streams = [recordIo(rec), tarShards([tar]), list].map(
      (source): ImageStream => imageStream(source, { size: FORM }),
    )
    const [first, second, third] = streams.map(x => new Batches(x, x.labels, 5, 3, instances({ window: 6 })))
    for (let step = 0; step < 5; step++) {
      await first.ready()
      const [a, b, c] = [first.next(), second.next(), third.next()]
      expect(values(a.x)).toEqual(values(c.x))
      expect(a.y).toEqual(c.y)
      // A tar's images come in the order of the files.
      expect(values(b.x)).toEqual(values(streams[2].rows(Array.from(b.samples, i => order.indexOf(i)))))
    }
    for (const stream of streams) await stream.close()
  })
})
