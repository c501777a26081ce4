/** A JPEG of blocks that are each of one value, so that what is stored is known without a transform. */
export interface RawJpeg {
  readonly width: number
  readonly height: number
  /** What each component is called, and how many samples it has across and down beside the others. */
  readonly components: readonly { readonly id: number; readonly h: number; readonly v: number }[]
  /** The value of component c in its block of row y and column x. */
  readonly block: (c: number, y: number, x: number) => number
  readonly jfif?: boolean
  /** Adobe's segment with this transform: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobe?: number
  readonly segments?: readonly Uint8Array[]
}

const word = (n: number): number[] => [n >> 8, n & 255]
const latin = (text: string): number[] => Array.from(text, c => c.charCodeAt(0))

export const segment = (marker: number, content: ArrayLike<number>): Uint8Array =>
  Uint8Array.from([0xff, marker, ...word(content.length + 2), ...Array.from(content)])

/** Codes of four bits for the 12 sizes of a difference, and of one bit for "no more in this block". */
const TABLES = [
  0x00,
  0,
  0,
  0,
  12,
  ...new Array(12).fill(0),
  ...Array.from({ length: 12 }, (_, i) => i),
  0x10,
  1,
]
const HUFFMAN = [...TABLES, ...new Array(15).fill(0), 0]

export function rawJpeg(jpeg: RawJpeg): Buffer {
  const { width, height, components, jfif = false, adobe, segments = [] } = jpeg
  const frame = components.flatMap(({ id, h, v }) => [id, 16 * h + v, 0])
  const scan = components.flatMap(({ id }) => [id, 0])
  return Buffer.concat([
    Uint8Array.of(0xff, 0xd8),
    ...(jfif ? [segment(0xe0, [...latin('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0])] : []),
    ...(adobe === undefined ? [] : [segment(0xee, [...latin('Adobe'), 0, 100, 0, 0, 0, 0, adobe])]),
    ...segments,
    segment(0xdb, [0, ...new Array(64).fill(1)]),
    segment(0xc0, [8, ...word(height), ...word(width), components.length, ...frame]),
    segment(0xc4, HUFFMAN),
    segment(0xda, [components.length, ...scan, 0, 63, 0]),
    entropy(jpeg),
    Uint8Array.of(0xff, 0xd9),
  ])
}

/** The blocks as differences of their values, in the order of the scan. */
function entropy({ width, height, components, block }: RawJpeg): Uint8Array {
  const [h, v] = [Math.max(...components.map(c => c.h)), Math.max(...components.map(c => c.v))]
  const before = components.map(() => 0)
  let bits = ''
  for (let my = 0; my < Math.ceil(height / 8 / v); my++) {
    for (let mx = 0; mx < Math.ceil(width / 8 / h); mx++) {
      components.forEach((component, c) => {
        for (let i = 0; i < component.h * component.v; i++) {
          const y = my * component.v + Math.floor(i / component.h)
          const value = 8 * (block(c, y, mx * component.h + (i % component.h)) - 128)
          bits += `${difference(value - before[c])}0`
          before[c] = value
        }
      })
    }
  }
  const bytes = (bits.match(/.{1,8}/g) ?? []).map(byte => Number.parseInt(byte.padEnd(8, '1'), 2))
  return Uint8Array.from(bytes.flatMap(byte => (byte === 0xff ? [0xff, 0] : [byte])))
}

function difference(d: number): string {
  const size = d === 0 ? 0 : Math.floor(Math.log2(Math.abs(d))) + 1
  const code = size.toString(2).padStart(4, '0')
  return size === 0 ? code : code + (d > 0 ? d : d + 2 ** size - 1).toString(2).padStart(size, '0')
}
