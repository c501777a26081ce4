import type { Header } from './chunks.ts'

/** Where the pixels of one pass of Adam7 lie: every `dx`-th from `x` on, every `dy`-th row from `y` on. */
const ADAM7 = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
]
const WHOLE = [{ x: 0, y: 0, dx: 1, dy: 1 }]

export interface Pass {
  readonly x: number
  readonly y: number
  readonly dx: number
  readonly dy: number
  readonly width: number
  readonly height: number
  /** The bytes of a row, without its filter's. */
  readonly line: number
}

/** The passes that have pixels: one of the whole image, or up to seven where it is interlaced. */
export function passesOf({ width, height, depth, interlaced, color }: Header): Pass[] {
  return (interlaced ? ADAM7 : WHOLE)
    .map(pass => {
      const columns = Math.ceil((width - pass.x) / pass.dx)
      const rows = Math.ceil((height - pass.y) / pass.dy)
      return { ...pass, width: columns, height: rows, line: Math.ceil((columns * depth * color.samples) / 8) }
    })
    .filter(pass => pass.width > 0 && pass.height > 0)
}

/** How many bytes the passes take, with a byte for the filter of each row. */
export const bytesOfPasses = (passes: readonly Pass[]): number =>
  passes.reduce((n, { height, line }) => n + height * (1 + line), 0)
