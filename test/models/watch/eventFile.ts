/** A reader of event files that shares nothing with the writer: bits in place of tables, its own protobuf. */

/** CRC-32C bit by bit, as a division of polynomials with the highest power first. */
export function crcByBits(bytes: Uint8Array): number {
  const reflected = (n: number, bits: number): number => {
    let out = 0
    for (let i = 0; i < bits; i++) out = out * 2 + ((n >>> i) & 1)
    return out >>> 0
  }
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc = (crc ^ (reflected(byte, 8) << 24)) >>> 0
    for (let bit = 0; bit < 8; bit++) crc = (crc >= 2 ** 31 ? (crc << 1) ^ 0x1edc6f41 : crc << 1) >>> 0
  }
  return reflected((crc ^ 0xffffffff) >>> 0, 32)
}

const unmasked = (masked: number): number => {
  const turned = (masked - 0xa282ead8) >>> 0
  return ((turned >>> 17) | (turned << 15)) >>> 0
}

/** The data of each record. Throws on a length or a CRC that is wrong. */
export function records(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const found: Uint8Array[] = []
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true))
    const check = (from: number, to: number): void => {
      const expected = crcByBits(file.subarray(from, to))
      const got = unmasked(view.getUint32(to, true))
      if (expected !== got) throw new Error(`CRC ${expected} at byte ${to} expected, got ${got}`)
    }
    check(at, at + 8)
    check(at + 12, at + 12 + length)
    found.push(file.subarray(at + 12, at + 12 + length))
    at += length + 16
  }
  return found
}

type Field = readonly [number: number, value: bigint | number | Uint8Array]

/** The fields of a message: varints as bigint, float and double as numbers, the rest as bytes. */
export function fields(message: Uint8Array): Field[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  let at = 0
  const varint = (): bigint => {
    let [value, shift] = [0n, 0n]
    for (;;) {
      const byte = message[at++]
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
      shift += 7n
    }
  }
  const found: Field[] = []
  while (at < message.length) {
    const tag = Number(varint())
    const [number, wire] = [tag >> 3, tag & 7]
    if (wire === 0) found.push([number, varint()])
    else if (wire === 1) {
      found.push([number, view.getFloat64(at, true)])
      at += 8
    } else if (wire === 5) {
      found.push([number, view.getFloat32(at, true)])
      at += 4
    } else {
      const length = Number(varint())
      found.push([number, message.subarray(at, at + length)])
      at += length
    }
  }
  return found
}

const only = (message: Uint8Array, number: number) => fields(message).find(([n]) => n === number)?.[1]
const text = (bytes: unknown): string => new TextDecoder().decode(bytes as Uint8Array)
const doubles = (bytes: unknown): number[] => {
  const packed = bytes as Uint8Array
  const view = new DataView(packed.buffer, packed.byteOffset)
  return Array.from({ length: packed.length / 8 }, (_, i) => view.getFloat64(8 * i, true))
}

/** An event by the names of TensorFlow's event.proto and summary.proto. */
export function event(message: Uint8Array) {
  const summary = only(message, 5) as Uint8Array | undefined
  const session = only(message, 7) as Uint8Array | undefined
  const values = summary === undefined ? [] : fields(summary).map(([, value]) => value as Uint8Array)
  return {
    wallTime: only(message, 1),
    step: Number(only(message, 2) ?? 0n),
    fileVersion: only(message, 3) && text(only(message, 3)),
    status: session && Number(only(session, 1)),
    values: values.map(value => {
      const histo = only(value, 5) as Uint8Array | undefined
      const number = (n: number) => only(histo as Uint8Array, n) as number
      return {
        tag: text(only(value, 1)),
        simpleValue: only(value, 2) as number | undefined,
        histo: histo && {
          min: number(1),
          max: number(2),
          num: number(3),
          sum: number(4),
          sumSquares: number(5),
          limits: doubles(only(histo, 6)),
          buckets: doubles(only(histo, 7)),
        },
      }
    }),
  }
}
