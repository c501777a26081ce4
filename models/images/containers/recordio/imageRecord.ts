import type { ContainerFile } from '../containerFile.ts'
import { readNow, record } from './record.ts'

/** What stands before an image in its record. */
export interface ImageHeader {
  /** One, or `flag` of them where that is above 0. */
  readonly labels: readonly number[]
  /** Bytes of the record that are the header. */
  readonly length: number
}

/** flag, label, and two words of 8 bytes that number the image. */
const PREFIX = 24

/** More labels than that no image has: those of faces are two. */
const MOST_LABELS = 4096

/**
 * The header of a record that is `bytes`, or begins so: `flag` (uint32), `label` (float32), `id`, `id2` (uint64), and `flag`
 * labels more (float32), which then stand for the first.
 * Source: MXNet, python/mxnet/recordio.py, `IRHeader`, `pack`, `unpack`.
 */
export function headerOf(file: ContainerFile, offset: number, bytes: Uint8Array): ImageHeader {
  if (bytes.length < PREFIX) {
    throw file.error(offset, `a record of at least ${PREFIX} bytes`, `${bytes.length}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const flag = view.getUint32(0, true)
  if (flag === 0) return { labels: [view.getFloat32(4, true)], length: PREFIX }
  const length = PREFIX + 4 * flag
  if (flag > MOST_LABELS || length > bytes.length) {
    throw file.error(offset, `${flag} labels`, `a record of ${bytes.length} bytes`)
  }
  const labels = Array.from({ length: flag }, (_, i) => view.getFloat32(PREFIX + 4 * i, true))
  return { labels, length }
}

/** A record's header, and whether no image follows, of a record read so far. */
export function readHeader(file: ContainerFile, offset: number): ImageHeader & { readonly alone: boolean } {
  // Enough for two labels and a byte more, by which one sees that more follows.
  const start = readNow(file, record(file, offset, PREFIX + 9))
  const flag = start.length < 4 ? 0 : new DataView(start.buffer, start.byteOffset).getUint32(0, true)
  const whole =
    flag <= 2 ? start : readNow(file, record(file, offset, PREFIX + 4 * Math.min(flag, MOST_LABELS) + 1))
  const header = headerOf(file, offset, whole)
  return { ...header, alone: whole.length === header.length }
}

/** The class of an image: its first label. Throws unless that is a whole number from 0. */
export function classOf(file: ContainerFile, offset: number, { labels }: ImageHeader): number {
  const [label] = labels
  if (Number.isInteger(label) && label >= 0 && label < 2 ** 31) return label
  throw file.error(offset, 'a label that is a whole number from 0', `${label}`)
}
