import type { ContainerFile } from '../containerFile.ts'
import { classOf, readHeader } from './imageRecord.ts'
import type { RecordIndex } from './recordIndex.ts'

/** The records of a set that are images, and the identities' ranges of these. */
export interface Layout {
  /** The keys of the images' records. */
  readonly images: Float64Array
  /** first[i] .. last[i] - 1 are the keys of one identity's images, as float32 holds them. */
  readonly ranges: readonly (readonly [first: number, last: number])[]
}

/** What record 0 says of the others; the index's keys, where it is an image as the others, or is not there. */
export function layoutOf(file: ContainerFile, index: RecordIndex): Layout {
  if (!index.keys.includes(0)) return { images: index.keys, ranges: [] }
  const at = index.offsetOf(0)
  const { labels, alone } = readHeader(file, at)
  if (!alone || labels.length !== 2) return { images: index.keys, ranges: [] }
  const [end, identities] = checkRange(file, at, labels, 1, index.keys.length)
  const ranges = Array.from({ length: identities - end }, (_, i) => {
    const place = index.offsetOf(end + i)
    return checkRange(file, place, readHeader(file, place).labels, 1, end)
  })
  return { images: Float64Array.from({ length: end - 1 }, (_, i) => i + 1), ranges }
}

/** Two whole numbers low <= a <= b <= high. */
function checkRange(
  file: ContainerFile,
  at: number,
  labels: readonly number[],
  low: number,
  high: number,
): [number, number] {
  const [a, b] = labels
  const ordered = Number.isInteger(a) && Number.isInteger(b) && low <= a && a <= b && b <= high
  if (labels.length === 2 && ordered) return [a, b]
  throw file.error(at, `two labels ${low} <= a <= b <= ${high}`, `[${labels.slice(0, 3).join(', ')}]`)
}

/** Up to it float32 holds every whole number. */
export const EXACT = 2 ** 24

/**
 * The class of each image: that of the first image of its identity; of images in no range, and of keys that float32 may have
 * rounded, the record's own.
 */
export function labelsOf(
  file: ContainerFile,
  index: RecordIndex,
  { images, ranges }: Layout,
  exact = EXACT,
): Int32Array {
  const own = (key: number): number => {
    const at = index.offsetOf(key)
    return classOf(file, at, readHeader(file, at))
  }
  const labels = new Int32Array(images.length).fill(-1)
  for (const [first, last] of ranges) {
    // Image k has key k + 1 where there are ranges.
    const end = Math.min(last, exact)
    if (first < end) labels.fill(own(first), first - 1, end - 1)
  }
  return labels.map((label, k) => (label >= 0 ? label : own(images[k])))
}
