import { checkInteger, checkOptions, type OptionNames, refusal, shown } from '../../../../engine/check.ts'
import type { ImageSource } from '../../../data/imageSource.ts'
import { type ContainerFile, openedFile } from '../containerFile.ts'
import { labelsOf, layoutOf } from './identities.ts'
import { classOf, headerOf } from './imageRecord.ts'
import { readLater, readNow, record } from './record.ts'
import { readRecordIndex } from './recordIndex.ts'

export interface RecordIoOptions {
  /** The index's file. Default: the path with .idx in place of .rec. */
  readonly index?: string
}

const OPTIONS = { index: true } satisfies OptionNames<RecordIoOptions>

/**
 * The images of an MXNet RecordIO file, `train.rec` with its index `train.idx`, as insightface's training sets are packed: read
 * by index, in the memory of one image and 28 bytes for each record.
 *
 * Record 0 of such a set has no image. Its labels a, b say that the images are records 1 to a - 1, and that each of records a to
 * b - 1, without images too, has as labels the first of an identity's images and the one after its last. A file without such
 * a record, as im2rec writes it, is images alone, in the order of the index. An image's class is the first label of its
 * record: it is read of the first image of each identity, and held against every image that is read. Labels are float32, which
 * holds all whole numbers up to 2^24; of images beyond (glint360k has 17 million) each record is asked for its class.
 * Source: insightface, recognition/arcface_torch/dataset.py and src/data/face2rec2.py.
 *
 * Throws a `ContainerError` with the byte's offset where a file is not of that form.
 */
export function recordIo(path: string, options: RecordIoOptions = {}): ImageSource {
  checkOptions('recordIo', options, OPTIONS)
  if (typeof path !== 'string') throw refusal('recordIo', 'the path of a .rec file', path)
  const { index = indexOf(path) } = options
  if (typeof index !== 'string') throw refusal('recordIo', 'index as the path of an .idx file', index)
  return openedFile('recordIo', path, file => {
    const records = readRecordIndex('recordIo', index, file)
    const layout = layoutOf(file, records)
    const labels = labelsOf(file, records, layout)
    return imagesOf(file, layout.images.map(records.offsetOf), labels)
  })
}

function indexOf(path: string): string {
  if (/\.rec$/i.test(path)) return path.replace(/\.rec$/i, '.idx')
  throw new Error(`recordIo: a path that ends in .rec, or the option index, expected, got ${shown(path)}`)
}

function imagesOf(file: ContainerFile, offsets: Float64Array, labels: Int32Array): ImageSource {
  const { length } = offsets
  const offsetOf = (i: number): number => {
    checkInteger('recordIo', 'i', i, 0, length - 1)
    return offsets[i]
  }
  const imageIn = (i: number, bytes: Uint8Array): Uint8Array => {
    const header = headerOf(file, offsets[i], bytes)
    const label = classOf(file, offsets[i], header)
    if (label !== labels[i])
      throw file.error(offsets[i], `class ${labels[i]}, as its identity's first image,`, `${label}`)
    return bytes.slice(header.length)
  }
  return {
    length,
    labels,
    name: i => `${file.path}: image ${i}, at byte ${offsetOf(i)}`,
    read: async i => imageIn(i, await readLater(file, record(file, offsetOf(i)))),
    readNow: i => imageIn(i, readNow(file, record(file, offsetOf(i)))),
    close: () => file.close(),
  }
}
