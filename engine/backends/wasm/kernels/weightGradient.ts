import { copyBand } from './band.ts'
import { storeLanes } from './lanes.ts'
import { packPanels } from './panels.ts'
import { tile, WIDTH } from './tile.ts'

/** What `weightGradient` and `sumSlices` are told: a block of memory, four bytes a field. Distances are in bytes. */
@unmanaged
class WeightGradientArguments {
  /** The images: where they start, their places, from one place to the next, and how many there are. */
  x: usize
  height: i32
  width: i32
  pixel: i32
  batch: i32
  /** A band is `images` images, or `bandRows` rows of one, `bands` of them an image; it has `bandPlaces` places. */
  images: i32
  bands: i32
  bandRows: i32
  bandPlaces: i32
  /** The part of x that a band reads: its first row and column, relative to the band's first place, and its size. */
  top: i32
  left: i32
  copyRows: i32
  copyColumns: i32
  /** The output's gradient, its places and channels, and places of x from one of its places to the next. */
  dz: usize
  rows: i32
  columns: i32
  stepRow: i32
  stepColumn: i32
  outChannels: i32
  /** Where the lanes of each panel of k's are read: a list of segments (see Segment). */
  segments: usize
  /** Taps times a group's channels; the channels of x and of dz in a group. */
  k: i32
  groupIn: i32
  groupOut: i32
  /** Strips of at most 128 of dz's columns: in a group, and in all. */
  groupStrips: i32
  strips: i32
  /** Bands in all, in a slice, and how many slices there are. */
  allBands: i32
  sliceBands: i32
  slices: i32
  /** The units' sums [panels of o][k][16]: where they start, from one unit to the next, and from one panel to the next. */
  sums: usize
  unitBytes: usize
  kBytes: usize
  /** The result. */
  dw: usize
}

/** Neighbours of a panel of k's: their offset in the copy, in bytes, the first of their lanes, and how many they are. */
@unmanaged
class Segment {
  offset: usize
  lane: i32
  lanes: i32
  /** 1 if another follows in the panel. */
  more: i32
}

/**
 * Units begin..end of dw[k,o] = sum over places of x[place, k] dz[place, o], k counting taps and the channels of a
 * group. Unit u is strip u mod `strips` of dz's columns over slice u div `strips` of the bands; each has a sum of its own.
 *
 * What a band reads of x is copied to `scratch` with its padding; from the copy each panel of k's [places,16], and dz's
 * panels, are laid out for the tile.
 */
// biome-ignore format: arguments by what they describe
export function weightGradient(begin: i32, end: i32, scratch: usize, block: usize): void {
  const args = changetype<WeightGradientArguments>(block)
  const pixel = args.pixel, columns = args.columns, k = args.k
  const a = scratch + 64
  const b = a + (args.bandPlaces << 6)
  const copy = b + (args.bandPlaces << 9)
  const imageBytes = args.copyRows * args.copyColumns * pixel
  const row = args.stepRow * args.copyColumns * pixel, column = args.stepColumn * pixel
  i32.store(scratch, 0)
  for (let u = begin; u < end; u++) {
    const strip = u % args.strips, slice = u / args.strips
    const group = strip / args.groupStrips, first = (strip % args.groupStrips) * 128
    const wide = min(128, args.groupOut - first)
    const sum = args.sums + u * args.unitBytes
    memory.fill(sum, 0, args.unitBytes)
    const last = min(args.allBands, (slice + 1) * args.sliceBands)
    for (let band = slice * args.sliceBands; band < last; band++) {
      const image = (band / args.bands) * args.images, top = (band % args.bands) * args.bandRows
      const count = min(args.images, args.batch - image), lines = min(args.bandRows, args.rows - top)
      const places = count * lines * columns
      for (let n = 0; n < count; n++) {
        copyBand(
          args.x + (image + n) * args.height * args.width * pixel, args.height, args.width, pixel,
          top * args.stepRow + args.top, args.copyRows, args.left, args.copyColumns, copy + n * imageBytes,
        )
      }
      const from = args.dz + (((image * args.rows + top) * columns * args.outChannels + group * args.groupOut + first) << 2)
      packPanels(0, (wide + WIDTH - 1) / WIDTH, from, places, wide, args.outChannels << 2, 4, b, args.bandPlaces << 6)
      i32.store(scratch, places, 4)
      let at = args.segments
      for (let j = 0; j < k; j += WIDTH) {
        let more = 1
        for (; more > 0; at += offsetof<Segment>()) {
          const segment = changetype<Segment>(at)
          gather(
            copy + group * (args.groupIn << 2) + segment.offset, count, imageBytes, lines, row, columns, column,
            a + (segment.lane << 2), segment.lanes,
          )
          more = segment.more
        }
        for (let o = 0; o < wide; o += WIDTH)
          addPanel(scratch, a, min(WIDTH, k - j), b + o * (args.bandPlaces << 2), sum + (o / WIDTH) * args.kBytes + (j << 6))
      }
    }
  }
}

/** Rows begin..end of dw[k,O]: the slices' sums, in order, at the columns of their panels. */
export function sumSlices(begin: i32, end: i32, block: usize): void {
  const args = changetype<WeightGradientArguments>(block)
  const groupOut = args.groupOut
  const apart: usize = args.strips * args.unitBytes
  for (let k = begin; k < end; k++) {
    let unit = args.sums + (k << 6)
    for (let g = 0; g < args.outChannels; g += groupOut) {
      for (let o = 0; o < groupOut; o += 128) {
        const wide = min(128, groupOut - o)
        const to = args.dw + ((k * args.outChannels + g + o) << 2)
        for (let j = 0; j < wide; j += 4) {
          let from = unit + (j / WIDTH) * args.kBytes + ((j % WIDTH) << 2)
          let total = v128.load(from)
          for (let s = 1; s < args.slices; s++) {
            from += apart
            total = f32x4.add(total, v128.load(from))
          }
          storeLanes(to + (j << 2), total, wide - j)
        }
        unit += args.unitBytes
      }
    }
  }
}

/** sum[16,16] += over places of a panel of x times a panel of dz, two k's at a time. */
function addPanel(table: usize, a: usize, k: i32, b: usize, sum: usize): void {
  for (; k > 0; k -= 2) {
    tile(1, table, a, k > 1 ? a + 4 : a, 64, b, sum, sum + 64, sum, sum + 64)
    a += 8
    sum += 128
  }
}

/** Copies `lanes` numbers at each place of a band to lanes of a panel, 64 bytes a place. */
// biome-ignore format: arguments by what they describe
function gather(
  from: usize, images: i32, image: usize, rows: i32, row: usize, columns: i32, column: usize, to: usize, lanes: i32,
): void {
  for (; images > 0; images--) {
    let line = from
    for (let r = rows; r > 0; r--) {
      let place = line
      if (lanes === 16) {
        for (let q = columns; q > 0; q--) {
          const x0 = v128.load(place, 0), x1 = v128.load(place, 16), x2 = v128.load(place, 32), x3 = v128.load(place, 48)
          v128.store(to, x0, 0)
          v128.store(to, x1, 16)
          v128.store(to, x2, 32)
          v128.store(to, x3, 48)
          place += column
          to += 64
        }
      } else {
        for (let q = columns; q > 0; q--) {
          for (let i = 0; i < lanes; i++) f32.store(to + (i << 2), f32.load(place + (i << 2)))
          place += column
          to += 64
        }
      }
      line += row
    }
    from += image
  }
}
