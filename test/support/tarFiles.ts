/** Tar archives, written by the text of the formats. */

const BLOCK = 512

export interface TarFile {
  readonly name: string
  readonly body: Buffer
  /** Default 0: a file. */
  readonly type?: string
}

/** How names of more than 100 bytes are put down, and sizes. */
export type TarFormat = 'ustar' | 'pax' | 'gnu' | 'v7'

const padded = (body: Buffer): Buffer => Buffer.concat([body, Buffer.alloc(-body.length & (BLOCK - 1))])

export function tarHeader(name: string, size: number, type: string, format: TarFormat, prefix = ''): Buffer {
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0, 100)
  block.write('0000644\x000001000\x000001000\0', 100)
  if (format === 'gnu' && size % 2 === 1) {
    block[124] = 0x80
    block.writeUIntBE(size, 130, 6)
  } else block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write('14550000000\0', 136)
  block.write(type, 156)
  if (format !== 'v7') block.write(format === 'gnu' ? 'ustar  \0' : 'ustar\x0000', 257, 'latin1')
  block.write(prefix, 345, 155)
  block.fill(' ', 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

/** `length keyword=value\n`, where the length counts itself. */
export function paxRecord(keyword: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${keyword}=${value}\n`)
  let length = rest + 1
  while (rest + String(length).length !== length) length = rest + String(length).length
  return Buffer.from(`${length} ${keyword}=${value}\n`)
}

function entry({ name, body, type = '0' }: TarFile, format: TarFormat): Buffer {
  const bytes = Buffer.from(name)
  const whole = (block: Buffer): Buffer => Buffer.concat([block, padded(body)])
  if (format === 'pax') {
    // As Python writes it where the time of a file is no whole number: a header for each.
    const records = Buffer.concat([paxRecord('mtime', '1700000000.5'), paxRecord('path', name)])
    const before = Buffer.concat([tarHeader('PaxHeader/x', records.length, 'x', format), padded(records)])
    return Buffer.concat([before, whole(tarHeader('short', body.length, type, format))])
  }
  if (format === 'gnu' && bytes.length > 100) {
    const long = Buffer.concat([bytes, Buffer.alloc(1)])
    const before = Buffer.concat([tarHeader('././@LongLink', long.length, 'L', format), padded(long)])
    return Buffer.concat([before, whole(tarHeader(name.slice(0, 50), body.length, type, format))])
  }
  const slash = name.indexOf('/', name.length - 101)
  const [prefix, base] =
    format === 'ustar' && bytes.length > 100 ? [name.slice(0, slash), name.slice(slash + 1)] : ['', name]
  return whole(tarHeader(base, body.length, type, format, prefix))
}

/** Zeros end an archive, two blocks of them, or more up to the record's size. */
export const tarOf = (files: readonly TarFile[], format: TarFormat, zeros = 2): Buffer =>
  Buffer.concat([...files.map(file => entry(file, format)), Buffer.alloc(zeros * BLOCK)])
