import { closeSync, openSync, writeSync } from 'node:fs'

/**
 * A training set as insightface's `train.rec` and `train.idx`: records of MXNet's RecordIO, and a line `key<tab>offset` for each.
 * Record 0 says which keys are identities, and each of those which keys are its images.
 */
const MAGIC = 0xced7230a
/** flag, label, id, id2 of MXNet's IRHeader. */
const HEADER = 24

/** Writes images, a class side by side; `sizes` says how many of each there are, `read(i)` gives the bytes of image i. */
export function writeRecordIo(stem: string, sizes: readonly number[], read: (i: number) => Uint8Array): void {
  const [rec, idx] = [openSync(`${stem}.rec`, 'w'), openSync(`${stem}.idx`, 'w')]
  let offset = 0
  const write = (key: number, labels: readonly number[], image: Uint8Array = Buffer.of()): void => {
    const record = framed(content(key, labels, image))
    writeSync(rec, record)
    writeSync(idx, `${key}\t${offset}\n`)
    offset += record.length
  }
  try {
    const images = sizes.reduce((a, b) => a + b, 0)
    write(0, [images + 1, images + 1 + sizes.length])
    let key = 1
    for (const [label, size] of sizes.entries()) {
      for (let i = 0; i < size; i++, key++) write(key, [label], read(key - 1))
    }
    let first = 1
    for (const size of sizes) {
      write(key++, [first, first + size])
      first += size
    }
  } finally {
    closeSync(rec)
    closeSync(idx)
  }
}

/** One label stands in the header, several after it. */
function content(id: number, labels: readonly number[], image: Uint8Array): Buffer {
  const more = labels.length === 1 ? [] : labels
  const bytes = Buffer.alloc(HEADER + 4 * more.length + image.length)
  bytes.writeUInt32LE(more.length, 0)
  bytes.writeFloatLE(more.length === 0 ? labels[0] : 0, 4)
  bytes.writeUInt32LE(id, 8)
  more.forEach((label, i) => {
    bytes.writeFloatLE(label, HEADER + 4 * i)
  })
  bytes.set(image, HEADER + 4 * more.length)
  return bytes
}

/** What begins like a record, at a multiple of 4, is left out and parts the record there: 1 is its first part, 2 others, 3 the last. */
function framed(record: Buffer): Buffer {
  const cuts: number[] = []
  for (let i = 0; i + 4 <= record.length; i += 4) if (record.readUInt32LE(i) === MAGIC) cuts.push(i)
  const starts = [0, ...cuts.map(cut => cut + 4)]
  const parts = [...cuts, record.length].map((end, k) => record.subarray(starts[k], end))
  return Buffer.concat(
    parts.flatMap((part, k) => {
      const kind = cuts.length === 0 ? 0 : k === 0 ? 1 : k < cuts.length ? 2 : 3
      const head = Buffer.alloc(8)
      head.writeUInt32LE(MAGIC, 0)
      head.writeUInt32LE(((kind << 29) | part.length) >>> 0, 4)
      return [head, part, Buffer.alloc(-part.length & 3)]
    }),
  )
}
