import type { NDArray } from '../backend.ts'
import { minimal } from '../minimalFiltering.ts'
import type { Context } from './context.ts'

/** Bytes of a line of the cache. */
export const LINE = 64
/** Bytes of a panel that lie together: so many are packed of each tap, and may be read behind the last panel. */
export const PART = 128 * 64
/** Of the kernels: bytes of a span. */
const SPAN = 8
/** Of the kernels: by how much a tile may be smaller than a whole one of at least four positions. */
const LESS = 2
const WHOLE = 4

/** Positions of the tiles along an axis, from the largest: as few tiles as there can be, and as small. */
export function tilesAlong(size: number, positions: number): number[] {
  const tiles = Array.from({ length: Math.ceil(size / positions) }, () => positions)
  let spare = tiles.length * positions - size
  for (let i = tiles.length - 1; i >= 0 && positions >= WHOLE; i--) {
    const less = Math.min(spare, LESS)
    tiles[i] -= less
    spare -= less
  }
  return tiles
}

/** Where each of these tiles starts, and its positions. */
function spansOf(sizes: readonly number[]): number[] {
  let start = 0
  return sizes.flatMap(size => {
    start += size
    return [start - size, size]
  })
}

/** Points of these tiles. */
export const pointsOf = (sizes: readonly number[], taps: number): number =>
  sizes.reduce((sum, m) => sum + m + taps - 1, 0)

/**
 * B of F(positions, taps) and of the tiles that are smaller, padded to as many columns; A transposed and G; row after row, and
 * where these start, in bytes.
 */
export function matricesOf(positions: number, taps: number) {
  const { A, G } = minimal(positions, taps)
  const points = G.length
  const sizes = positions >= WHOLE ? [0, 1, LESS].map(less => positions - less) : [positions]
  const Bs = sizes.map(m =>
    minimal(m, taps, positions).B.map(row => [...row, ...Array(points - row.length).fill(0)]),
  )
  const at = sizes.length * points ** 2
  const values: number[] = [...Bs.flat(2), ...A[0].flatMap((_, j) => A.map(row => row[j])), ...G.flat()]
  return { points, values, A: at * 4, G: (at + points * positions) * 4 }
}

/** What kernels read of tiles [rows,columns]: matrices and spans, and where in them each starts, in bytes. */
export const tablesOf = (
  { values, A, G }: ReturnType<typeof matricesOf>,
  rows: readonly number[],
  columns: readonly number[],
) => ({
  matrices: Float32Array.from(values) as Float32Array,
  A,
  G,
  spans: Int32Array.from([...spansOf(rows), ...spansOf(columns)]) as Int32Array,
  columnSpans: rows.length * SPAN,
})

/** Where the tables of a plan lie, as kernels take them. */
interface Tables {
  readonly B: number
  readonly A: number
  readonly rowSpans: number
  readonly columnSpans: number
  readonly panels: number
}

/** What a plan of `winograd` or `winogradStrided` has of them. */
type Tabled = ReturnType<typeof tablesOf> & { readonly panelBytes: number }

/** Runs `use` on a plan's tables and the weights that `make` makes, or made before where `weights` keeps them by this name. */
export function withTables(
  { memory, storage }: Context,
  { matrices, A, G, spans, columnSpans, panelBytes }: Tabled,
  weights: NDArray | undefined,
  {
    name,
    make,
    use,
  }: { name: string; make: (panels: number, G: number) => void; use: (tables: Tables) => void },
): void {
  memory.temporary(matrices.byteLength + spans.byteLength, B => {
    const rowSpans = B + matrices.byteLength
    memory.floats.set(matrices, B / 4)
    memory.ints.set(spans, rowSpans / 4)
    const tables = { B, A: B + A, rowSpans, columnSpans: rowSpans + columnSpans }
    const kept =
      weights && storage.transformOf(weights, name, panelBytes + PART, panels => make(panels, B + G))
    if (kept !== undefined) use({ ...tables, panels: kept })
    else {
      memory.temporary(panelBytes + PART, panels => {
        make(panels, B + G)
        use({ ...tables, panels })
      })
    }
  })
}
