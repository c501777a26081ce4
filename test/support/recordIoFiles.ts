/** Files of MXNet RecordIO, written by the text of the format. */

const MAGIC = 0xced7230a

export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, i) => {
    bytes.writeUInt32LE(value >>> 0, 4 * i)
  })
  return bytes
}

export function floats(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, 4 * i)
  })
  return bytes
}

/** The parts between the magic numbers that stand at multiples of 4. */
function partsOf(content: Buffer): Buffer[] {
  for (let i = 0; i + 4 <= content.length; i += 4) {
    if (content.readUInt32LE(i) === MAGIC)
      return [content.subarray(0, i), ...partsOf(content.subarray(i + 4))]
  }
  return [content]
}

export function recordOf(content: Buffer): Buffer {
  const parts = partsOf(content)
  return Buffer.concat(
    parts.flatMap((part, k) => {
      const flag = parts.length === 1 ? 0 : k === 0 ? 1 : k === parts.length - 1 ? 3 : 2
      return [words(MAGIC, (flag << 29) | part.length), part, Buffer.alloc(-part.length & 3)]
    }),
  )
}

/** A header with its labels, one of them in the header itself, or `count` of them after it; then the image. */
export function imageRecord(
  labels: readonly number[],
  id: number,
  image: Buffer = Buffer.alloc(0),
  flag = 0,
): Buffer {
  const many = flag > 0 || labels.length !== 1
  const header = [words(many ? labels.length : 0), floats(many ? 0 : labels[0]), words(id, 0, 0, 0)]
  return Buffer.concat([...header, many ? floats(...labels) : Buffer.alloc(0), image])
}

/** The records of a training set, by key: images, then identities, and the header of record 0. */
export function trainingRecords(
  identities: readonly { readonly label: number; readonly images: readonly Buffer[] }[],
  flag = 0,
): Map<number, Buffer> {
  const records = new Map<number, Buffer>()
  const ranges = identities.map(({ label, images }) => {
    const first = records.size + 1
    for (const image of images) {
      const key = records.size + 1
      records.set(key, imageRecord(flag > 0 ? [label, 1] : [label], key, image, flag))
    }
    return [first, records.size + 1]
  })
  const end = records.size + 1
  for (const range of ranges) records.set(records.size + 1, imageRecord(range, records.size + 1))
  records.set(0, imageRecord([end, records.size + 1], 0))
  return records
}

/** The bytes of a .rec with these records in this order, and the lines of its .idx. */
export function recAndIdx(records: Iterable<readonly [number, Buffer]>): { rec: Buffer; lines: string[] } {
  const [parts, lines]: [Buffer[], string[]] = [[], []]
  let at = 0
  for (const [key, content] of records) {
    const bytes = recordOf(content)
    lines.push(`${key}\t${at}`)
    parts.push(bytes)
    at += bytes.length
  }
  return { rec: Buffer.concat(parts), lines }
}
