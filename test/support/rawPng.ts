import { crc32, deflateSync } from 'node:zlib'

/** The samples of a PNG as they are stored, and how. */
export interface RawPng {
  readonly width: number
  readonly height: number
  readonly depth: number
  /** 0 grey, 2 RGB, 3 indexed, 4 grey and alpha, 6 RGB and alpha. */
  readonly type: number
  readonly interlaced?: boolean
  /** Sample c of the pixel in row y and column x. */
  readonly sample: (y: number, x: number, c: number) => number
  /** The filter of row y, 0 to 4. Default 0. */
  readonly filter?: (y: number) => number
  /** Chunks between IHDR and IDAT. */
  readonly before?: readonly (readonly [name: string, content: ArrayLike<number>])[]
}

export const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** A PNG with everything that the standard has and common writers do not: written by its text, and slow. */
export function rawPng(png: RawPng, data = deflateSync(rawRows(png))): Buffer {
  const { width, height, depth, type, interlaced = false, before = [] } = png
  const size = [width, height].flatMap(n => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', [...size, depth, type, 0, 0, Number(interlaced)]),
    ...before.map(([name, content]) => chunk(name, content)),
    chunk('IDAT', data),
    chunk('IEND', []),
  ])
}

export function chunk(name: string, content: ArrayLike<number>): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), Uint8Array.from(content)])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
]

/** The bytes that are compressed: rows with their filters, pass by pass. */
export function rawRows({
  width,
  height,
  depth,
  type,
  interlaced,
  sample,
  filter = () => 0,
}: RawPng): Buffer {
  const [n, rows] = [SAMPLES[type], [] as number[][]]
  for (const [x0, y0, dx, dy] of interlaced ? PASSES : [[0, 0, 1, 1]]) {
    let above: number[] = []
    for (let y = y0; y < height; y += dy) {
      const bits: string[] = []
      for (let x = x0; x < width; x += dx) {
        for (let c = 0; c < n; c++) bits.push(sample(y, x, c).toString(2).padStart(depth, '0'))
      }
      if (bits.length === 0) continue
      const row = (bits.join('').match(/.{1,8}/g) ?? []).map(byte => Number.parseInt(byte.padEnd(8, '0'), 2))
      rows.push(filtered(row, above, Math.max(1, (n * depth) / 8), filter(y)))
      above = row
    }
  }
  return Buffer.from(rows.flat())
}

function filtered(row: number[], above: number[], step: number, kind: number): number[] {
  const bytes = row.map((value, i) => {
    const [a, b, c] = [row[i - step] ?? 0, above[i] ?? 0, (i >= step ? above[i - step] : 0) ?? 0]
    const near = [a, b, c].map(v => Math.abs(a + b - c - v))
    const paeth = [a, b, c][near.indexOf(Math.min(...near))]
    return (value - [0, a, b, (a + b) >> 1, paeth][kind]) & 255
  })
  return [kind, ...bytes]
}
