import { crc32c } from './crc32c.ts'

/**
 * One record of TensorFlow's TFRecord format (tensorflow.org/tutorials/load_data/tfrecord): the length, 8 bytes; its masked CRC; the
 * data; its masked CRC; all little-endian. A file is records one after another.
 */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(8 + 4 + data.length + 4)
  const view = new DataView(record.buffer)
  view.setBigUint64(0, BigInt(data.length), true)
  view.setUint32(8, masked(record.subarray(0, 8)), true)
  record.set(data, 12)
  view.setUint32(12 + data.length, masked(data), true)
  return record
}

/** The CRC turned by 15 bits plus a constant: the format's, so that a CRC of data that holds CRCs is sound. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
