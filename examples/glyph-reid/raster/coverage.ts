import type { Segments } from './flatten.ts'

/**
 * How much of each pixel the polygons cover, times the direction of their turns: [height, width], y downwards. It is
 * exact, up to rounding, for polygons that do not overlap, and linear in the segments.
 *
 * Each segment leaves in the pixels it crosses the area to its right, as a difference to the pixel before; a running
 * sum along each row gives the areas. (The method of font-rs, https://github.com/raphlinus/font-rs.) All arithmetic is
 * + - * / on doubles, so the result is the same on every machine.
 */
export function coverage(segments: Segments, width: number, height: number): Float64Array {
  for (let i = 0; i < segments.length; i++) {
    const most = i % 2 === 0 ? width : height
    if (!(segments[i] >= 0 && segments[i] <= most)) {
      throw new Error(`coverage: ${i % 2 === 0 ? 'x' : 'y'} from 0 to ${most} expected, got ${segments[i]}`)
    }
  }
  const stride = width + 2
  const steps = new Float64Array(height * stride)
  for (let i = 0; i < segments.length; i += 4) {
    addEdge(steps, stride, segments[i], segments[i + 1], segments[i + 2], segments[i + 3])
  }
  return runningSums(steps, stride, width, height)
}

function addEdge(steps: Float64Array, stride: number, ax: number, ay: number, bx: number, by: number): void {
  if (ay === by) return
  if (ay > by) addDownward(steps, stride, bx, by, ax, ay, -1)
  else addDownward(steps, stride, ax, ay, bx, by, 1)
}

function addDownward(
  steps: Float64Array,
  stride: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  direction: number,
): void {
  const slope = (bx - ax) / (by - ay)
  const least = Math.min(ax, bx)
  const most = Math.max(ax, bx)
  let x = ax
  for (let row = Math.floor(ay); row < by; row++) {
    const dy = Math.min(row + 1, by) - Math.max(row, ay)
    // Rounding must not carry the edge past its end.
    const next = Math.min(most, Math.max(least, x + slope * dy))
    addInRow(steps, row * stride, Math.min(x, next), Math.max(x, next), dy * direction)
    x = next
  }
}

/** An edge from `left` to `right` within one row, `d` high: a trapezium in each pixel that it crosses. */
function addInRow(steps: Float64Array, row: number, left: number, right: number, d: number): void {
  const first = Math.floor(left)
  const end = Math.ceil(right)
  if (end <= first + 1) {
    const mean = 0.5 * (left + right) - first
    steps[row + first] += d - d * mean
    steps[row + first + 1] += d * mean
    return
  }
  // Height gained in one pixel's width; the first and the last pixel hold a triangle each.
  const rise = 1 / (right - left)
  const inFirst = 1 - (left - first)
  const inLast = right - end + 1
  const head = 0.5 * rise * inFirst * inFirst
  const tail = 0.5 * rise * inLast * inLast
  steps[row + first] += d * head
  if (end === first + 2) {
    steps[row + first + 1] += d * (1 - head - tail)
  } else {
    const second = rise * (0.5 + inFirst)
    steps[row + first + 1] += d * (second - head)
    for (let k = first + 2; k < end - 1; k++) steps[row + k] += d * rise
    const beforeLast = second + (end - first - 3) * rise
    steps[row + end - 1] += d * (1 - beforeLast - tail)
  }
  steps[row + end] += d * tail
}

function runningSums(steps: Float64Array, stride: number, width: number, height: number): Float64Array {
  const areas = new Float64Array(height * width)
  for (let y = 0; y < height; y++) {
    let area = 0
    for (let x = 0; x < width; x++) {
      area += steps[y * stride + x]
      areas[y * width + x] = area
    }
  }
  return areas
}
